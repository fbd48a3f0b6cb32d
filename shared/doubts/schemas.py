"""The shape of doubts on the wire."""

from marshmallow import RAISE, Schema, fields, validate

from shared.web.paging import PageQuery


class DoubtSays(Schema):
    zh = fields.String()
    en = fields.String()


class DoubtOut(Schema):
    """`number`: of the honour or certificate in doubt; `cause`: which condition or evidence."""

    id = fields.String()
    number = fields.String()
    case_id = fields.String()
    cause = fields.String()
    says = fields.Function(lambda doubt: {"zh": doubt.zh, "en": doubt.en})
    open = fields.Boolean()
    raised_at_utc = fields.AwareDateTime()
    settled_by_name = fields.String(allow_none=True)
    settled_at_utc = fields.AwareDateTime(allow_none=True)
    settled_reason = fields.String(allow_none=True)


class DoubtPageOut(Schema):
    items = fields.List(fields.Nested(DoubtOut))
    next = fields.String(allow_none=True)


class DoubtQuery(PageQuery):
    state = fields.String(load_default="open", validate=validate.OneOf(["open", "settled"]))


class LetStandIn(Schema):
    class Meta:
        unknown = RAISE

    reason = fields.String(required=True, validate=validate.Length(max=2_000))
