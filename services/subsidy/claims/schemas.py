"""Entitlements, their release and the funding of claims on the wire."""

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


class FundingProgressSchema(Schema):
    """How many claims wait for money, and how many the money that came last has paid for."""

    waiting_count = fields.Integer()
    waiting_fen = fields.Integer()
    under_way = fields.Boolean()
    to_move_count = fields.Integer(
        metadata={"description": "reserved in an earlier year, waiting for this year's budget"}
    )
    to_move_fen = fields.Integer()
    funded_count = fields.Integer()
    funded_fen = fields.Integer()
    opened_at_utc = fields.AwareDateTime(allow_none=True)
    closed_at_utc = fields.AwareDateTime(allow_none=True)
