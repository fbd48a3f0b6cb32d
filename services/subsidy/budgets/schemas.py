"""The shape of budgets on the wire."""

from marshmallow import Schema, fields, validate

from services.subsidy.claims.schemas import FundingProgressSchema


class AppropriationSchema(Schema):
    """A budget entered or supplemented by one document of the finance bureau."""

    fund = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z_]{0,63}$"),
        metadata={"description": "资金 fund, such as unemployment_insurance"},
    )
    region = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{6}$"))
    year = fields.Integer(required=True, strict=True, validate=validate.Range(2000, 2100))
    amount_fen = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=10**15)
    )
    document_no = fields.String(required=True, validate=validate.Length(min=1, max=100))


class BudgetQuery(Schema):
    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2100))


class BudgetSchema(Schema):
    id = fields.String()
    fund = fields.String()
    region = fields.String()
    year = fields.Integer()
    appropriated_fen = fields.Integer()
    available_fen = fields.Integer()
    reserved_fen = fields.Integer()
    committed_fen = fields.Integer()
    disbursed_fen = fields.Integer()
    waiting_count = fields.Integer(metadata={"description": "claims within that wait for money"})
    waiting_fen = fields.Integer()


class BudgetListSchema(Schema):
    items = fields.List(fields.Nested(BudgetSchema))
    funding = fields.Nested(FundingProgressSchema)
