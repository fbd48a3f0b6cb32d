"""The shape of contradictions on the wire."""

from marshmallow import Schema, fields, validate

from shared.web.paging import PageQuery


class SaysSchema(Schema):
    zh = fields.String()
    en = fields.String()


class ContradictionSchema(Schema):
    id = fields.String()
    payment_id = fields.String()
    case_id = fields.String()
    source = fields.String()
    code = fields.String()
    about = fields.String()
    facts = fields.Dict()
    says = fields.Nested(SaysSchema)
    consequence = fields.String()
    open = fields.Boolean()
    recorded_at_utc = fields.AwareDateTime()
    settled_by_name = fields.String(allow_none=True)
    settled_at_utc = fields.AwareDateTime(allow_none=True)
    settled_reason = fields.String(allow_none=True)


class ContradictionQuery(PageQuery):
    state = fields.String(load_default="open", validate=validate.OneOf(["open", "settled"]))


class ContradictionPageSchema(Schema):
    items = fields.List(fields.Nested(ContradictionSchema))
    next = fields.String(allow_none=True)


class SettlementSchema(Schema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))
