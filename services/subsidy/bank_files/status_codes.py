"""What each ISO 20022 status of a pain.002 means for a payment: the table of README.md. Pure."""

from collections.abc import Mapping

from services.subsidy.payments.rules import PENDING, PaymentState

SETTLED, REJECTED = PaymentState.SETTLED, PaymentState.REJECTED
# ISO external code set: payment group, payment information and transaction status
MEANING: Mapping[str, PaymentState | None] = {
    "ACSC": SETTLED,  # settled on the debtor's account
    "ACCC": SETTLED,  # settled on the creditor's account
    "RJCT": REJECTED,
    "CANC": REJECTED,  # cancelled before it was executed
    "RCVD": PENDING,  # received
    "PDNG": PENDING,  # checks go on
    "ACTC": PENDING,  # technically valid
    "ACCP": PENDING,  # customer profile checked
    "ACFC": PENDING,  # funds checked
    "ACSP": PENDING,  # in process of settlement
    "ACWC": PENDING,  # accepted with a change
    "ACWP": PENDING,  # accepted, not posted to the creditor
    "PATC": PENDING,  # partially accepted technically: several have still to sign
    "BLCK": PENDING,  # blocked, neither posted nor sent back
}
PARTLY = "PART"  # says nothing of a payment that the file does not name
