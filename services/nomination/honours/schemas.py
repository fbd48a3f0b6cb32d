"""The shape of honours on the wire: what a public roll may show, and no more."""

from marshmallow import RAISE, Schema, fields, validate

from shared.web.paging import PageQuery


class BenefitOut(Schema):
    key = fields.String()
    zh = fields.String()
    en = fields.String()
    by = fields.String(allow_none=True)


class HonourOut(Schema):
    honour_no = fields.String()
    programme = fields.String()
    programme_version = fields.String()
    title_zh = fields.String()
    title_en = fields.String()
    level_of_honour = fields.String()
    region = fields.String()
    holder_name = fields.String()
    employer_name = fields.String(allow_none=True)
    term = fields.Integer()
    conferred_on = fields.Date()
    term_ends_on = fields.Date(allow_none=True)
    status = fields.String()


class HonourWithBenefitsOut(HonourOut):
    benefits = fields.List(fields.Nested(BenefitOut))
    revoked_on = fields.Date(allow_none=True)


class HonourPageOut(Schema):
    items = fields.List(fields.Nested(HonourOut))
    next = fields.String(allow_none=True)


class HonourQuery(PageQuery):
    programme = fields.String(load_default=None, validate=validate.Length(max=100))


class RevocationIn(Schema):
    class Meta:
        unknown = RAISE

    reason = fields.String(required=True, validate=validate.Length(min=1, max=2_000))
