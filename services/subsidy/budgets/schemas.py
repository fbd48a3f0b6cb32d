"""The shape of budgets on the wire."""

from marshmallow import Schema, fields, validate

from services.subsidy.claims.schemas import FundingProgressSchema


class AppropriationSchema(Schema):
    """A budget entered or supplemented by one document of the finance bureau."""

    fund = fields.String(
        required=True,
        validate=validate.Length(min=1, max=64),
        metadata={"description": "资金 fund, such as unemployment_insurance"},
    )
    region = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{6}$"))
    year = fields.Integer(required=True, strict=True)
    amount_fen = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=10**15)
    )
    document_no = fields.String(required=True, validate=validate.Length(min=1, max=100))


class ReductionSchema(Schema):
    amount_fen = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=10**15)
    )
    document_no = fields.String(required=True, validate=validate.Length(min=1, max=100))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class CorrectionSchema(Schema):
    """`amount_fen`: what the document says in truth; 0 where it was not meant for this budget."""

    document_no = fields.String(required=True, validate=validate.Length(min=1, max=100))
    amount_fen = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=0, max=10**15)
    )
    reason = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class ClosingSchema(Schema):
    leftover = fields.String(required=True, validate=validate.OneOf(["returned", "carried"]))
    document_no = fields.String(required=True, validate=validate.Length(min=1, max=100))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class BudgetQuery(Schema):
    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2100))


class BudgetSchema(Schema):
    id = fields.String()
    fund = fields.String()
    region = fields.String()
    year = fields.Integer()
    state = fields.String(metadata={"description": "open or closed"})
    closed_at_utc = fields.AwareDateTime(allow_none=True)
    appropriated_fen = fields.Integer()
    available_fen = fields.Integer()
    reserved_fen = fields.Integer()
    committed_fen = fields.Integer()
    disbursed_fen = fields.Integer()
    waiting_count = fields.Integer(metadata={"description": "claims within that wait for money"})
    waiting_fen = fields.Integer()


class BudgetDocumentSchema(Schema):
    """`amount_fen`: after its corrections."""

    document_no = fields.String()
    kind = fields.String(metadata={"description": "appropriate or reduce"})
    amount_fen = fields.Integer()
    entered_at_utc = fields.AwareDateTime()
    corrections = fields.Integer()


class BudgetWithDocumentsSchema(BudgetSchema):
    documents = fields.List(fields.Nested(BudgetDocumentSchema))


class BudgetListSchema(Schema):
    items = fields.List(fields.Nested(BudgetSchema))
    funding = fields.Nested(FundingProgressSchema)
