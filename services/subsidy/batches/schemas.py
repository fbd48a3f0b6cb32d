"""The shape of payment batches on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.subsidy.claims.schemas import FundingProgressSchema
from services.subsidy.contradictions.schemas import ContradictionSchema
from services.subsidy.payments.schemas import PayeeSchema


class MakeBatchSchema(Schema):
    """What waits in a region (of one scheme, where several have something), or named cases."""

    scheme = fields.String(load_default=None, validate=validate.Length(max=100))
    region = fields.String(load_default=None, validate=validate.Regexp(r"^[0-9]{6}$"))
    case_ids = fields.List(
        fields.String(validate=validate.Length(min=1, max=40)),
        load_default=list,
        validate=validate.Length(max=1000),
    )
    limit = fields.Integer(load_default=1000, strict=True, validate=validate.Range(1, 1000))

    @validates_schema
    def ensure_what(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("case_ids") and not data.get("region"):
            raise ValidationError("Missing data for required field.", "region")


class ApprovalSchema(Schema):
    outcome = fields.String(
        load_default="approved", validate=validate.OneOf(["approved", "returned"])
    )
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class AllocationSchema(Schema):
    outcome = fields.String(required=True, validate=validate.OneOf(["allocated", "returned"]))
    document_no = fields.String(load_default="", validate=validate.Length(max=100))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class BatchItemSchema(Schema):
    number = fields.Integer()
    payment_id = fields.String()
    case_id = fields.String()
    person_ref = fields.String()
    amount_fen = fields.Integer()
    state = fields.String()
    reason_code = fields.String(allow_none=True)
    end_to_end_id = fields.String()
    replaces = fields.String(allow_none=True)
    replaced_by = fields.String(allow_none=True)
    payee = fields.Nested(PayeeSchema, allow_none=True)
    taken_out_at_utc = fields.AwareDateTime(allow_none=True)
    contradictions = fields.List(fields.Nested(ContradictionSchema))


class BatchSchema(Schema):
    id = fields.String()
    scheme = fields.String()
    region = fields.String()
    state = fields.String()
    payments_count = fields.Integer()
    total_fen = fields.Integer()
    currency = fields.String()
    made_by_name = fields.String()
    made_at_utc = fields.AwareDateTime()
    approved_by_name = fields.String(allow_none=True)
    approved_at_utc = fields.AwareDateTime(allow_none=True)
    allocated_by_name = fields.String(allow_none=True)
    allocated_at_utc = fields.AwareDateTime(allow_none=True)
    document_no = fields.String(allow_none=True)
    returned_reason = fields.String(allow_none=True)
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer())
    version = fields.Integer()
    shared_accounts = fields.List(
        fields.List(fields.String()),
        metadata={"description": "cases of different people that are paid to one account"},
    )


class BatchWithPaymentsSchema(BatchSchema):
    payments = fields.List(fields.Nested(BatchItemSchema))


class BatchPageSchema(Schema):
    items = fields.List(fields.Nested(BatchSchema))
    next = fields.String(allow_none=True)


class WaitingSchema(Schema):
    """Planned payments that no batch has, by region and scheme."""

    region = fields.String()
    scheme = fields.String()
    payments_count = fields.Integer()
    total_fen = fields.Integer()


class UnfundedSchema(Schema):
    """A claim that waits for funds, and what it waits for."""

    case_id = fields.String()
    region = fields.String()
    scheme = fields.String()
    amount_fen = fields.Integer(allow_none=True)
    submitted_at_utc = fields.AwareDateTime(allow_none=True)
    code = fields.String()
    detail = fields.String()


class WaitingListSchema(Schema):
    """`unfunded`: the first in line, in the order in which money is given."""

    items = fields.List(fields.Nested(WaitingSchema))
    unfunded = fields.List(fields.Nested(UnfundedSchema))
    funding = fields.Nested(FundingProgressSchema)
