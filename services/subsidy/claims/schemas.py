"""The release of an entitlement on the wire."""

from marshmallow import Schema, fields, validate


class ReleaseSchema(Schema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class EntitlementSchema(Schema):
    id = fields.String()
    case_id = fields.String()
    scheme = fields.String()
    subject = fields.String()
    amount_fen = fields.Integer()
    state = fields.String()
    applied_on = fields.Date()
    granted_on = fields.Date(allow_none=True)
    release_reason = fields.String(allow_none=True)


class ClaimSchema(Schema):
    """A claim that a leader ended."""

    id = fields.String()
    status = fields.String()
    outcome_reason = fields.String(allow_none=True)


class EntitlementListSchema(Schema):
    items = fields.List(fields.Nested(EntitlementSchema))
