"""What subsidy publishes: entitlements, and each state of a payment."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.registry import (
    EventData,
    batch_no,
    case_no,
    event_type,
    fen,
    person,
    text,
    uuid,
)


class _EntitlementData(EventData):
    case_id = case_no("CLM")
    person_ref = person()
    scheme = text(example="skill-upgrade-subsidy")
    subject = text()
    amount_fen = fen()


@event_type(
    "subsidy.claim_proposed.v1",
    wording="A claim was proposed to a person who has not asked (免申即享). 补贴申领已建议",
)
class ClaimProposed(_EntitlementData):
    entitlement_id = uuid(required=False, null=True)  # none yet: it is granted with the approval


@event_type(
    "subsidy.entitlement_granted.v1",
    wording="A person became entitled to a subsidy. 补贴资格已确认",
)
class EntitlementGranted(_EntitlementData):
    entitlement_id = uuid()


@event_type(
    "subsidy.payment_instructed.v1",
    wording="Pay this once: payment_id is the key. 支付指令已发出",
)
class PaymentInstructed(EventData):
    payment_id = uuid()
    batch_id = batch_no()
    case_id = case_no("CLM")
    entitlement_id = uuid()
    person_ref = person()
    amount_fen = fen()
    currency = fields.String(required=True, validate=validate.OneOf(["CNY"]))
    scheme = text(example="skill-upgrade-subsidy")
    replaces = uuid(null=True)
    end_to_end_id = fields.String(
        required=True,
        validate=validate.Length(min=1, max=35),
        metadata={
            "examples": ["P018e07316c0070008000000000000012"],
            "description": "P and 32 hexadecimal digits; send it to the bank unchanged",
        },
    )


@event_type(
    "subsidy.payment_settled.v1",
    "subsidy.payment_rejected.v1",
    "subsidy.payment_returned.v1",
    "subsidy.payment_unknown.v1",
    wording="The bank's answer on a payment was recorded. 支付回执已登记",
)
class PaymentReported(EventData):
    payment_id = uuid()
    batch_id = batch_no()
    case_id = case_no("CLM")
    amount_fen = fen()
    reason_code = text(required=False, null=True)
    reported_at = fields.AwareDateTime(required=True, format="iso")
