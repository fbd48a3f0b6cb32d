"""What is sent to repair a payment. The account is checked by the handler, never echoed."""

from marshmallow import Schema, fields, validate


class RepairAccountSchema(Schema):
    account = fields.String(required=True, validate=validate.Length(min=1, max=40))


class RepairDecisionSchema(Schema):
    outcome = fields.String(required=True, validate=validate.OneOf(["confirmed", "refused"]))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class WaitingRepairSchema(Schema):
    """`payment_id`: none while the claim waits for its money."""

    case_id = fields.String()
    payment_id = fields.String(allow_none=True)
    region = fields.String()
    proposed_at_utc = fields.AwareDateTime()


class WaitingRepairPageSchema(Schema):
    items = fields.List(fields.Nested(WaitingRepairSchema))
    next = fields.String(allow_none=True)
