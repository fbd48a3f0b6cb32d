"""The shape of payments on the wire. An account is shown masked, but to those who pay it."""

from marshmallow import Schema, fields, validate

from services.subsidy.contradictions.schemas import ContradictionSchema
from services.subsidy.reports.schemas import ReceivedLineSchema


class PayeeSchema(Schema):
    name = fields.String()
    account = fields.String()


class PaymentSchema(Schema):
    id = fields.String()
    case_id = fields.String()
    entitlement_id = fields.String()
    batch_id = fields.String(allow_none=True)
    scheme = fields.String()
    region = fields.String()
    amount_fen = fields.Integer()
    currency = fields.String(dump_default="CNY")
    budget_year = fields.Integer()
    state = fields.String()
    reason_code = fields.String(allow_none=True)
    end_to_end_id = fields.String()
    replaces = fields.String(allow_none=True)
    payee_name = fields.String()
    account_masked = fields.String()
    planned_at_utc = fields.AwareDateTime()
    changed_at_utc = fields.AwareDateTime()
    repair = fields.Nested("RepairSchema", allow_none=True)
    contradictions = fields.List(fields.Nested(ContradictionSchema))
    reports = fields.List(fields.Nested(ReceivedLineSchema))


class RepairSchema(Schema):
    id = fields.String()
    case_id = fields.String()
    payment_id = fields.String(allow_none=True)
    state = fields.String()
    account_masked = fields.String()
    proposed_at_utc = fields.AwareDateTime()
    decided_by_name = fields.String(allow_none=True)
    decided_at_utc = fields.AwareDateTime(allow_none=True)
    reason = fields.String(allow_none=True)
    new_payment_id = fields.String(allow_none=True)


class PaymentListQuery(Schema):
    case_id = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]+-\d{4}-\d{6,}$"))


class PaymentListSchema(Schema):
    items = fields.List(fields.Nested(PaymentSchema))
