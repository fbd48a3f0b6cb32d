"""Who may speak against a recorded payment, and what follows from it. Pure."""

from enum import StrEnum

from services.subsidy.payments.rules import SENT, PaymentState


class Source(StrEnum):
    REGISTRY = "registry"
    EVENT = "event"
    BANK = "bank"
    PERSON = "person"


# The bank reports money as paid that stands here as not paid: whatever would pay the same thing
# again waits for people.
PAID_AGAINST_THE_RECORD = frozenset(
    {
        "settled_after_rejected",
        "settled_after_returned",
        "settled_before_instructed",
        "settled_after_cancelled",
    }
)


class Consequence(StrEnum):
    """HOLD keeps a planned payment out of every batch until it is settled. RECHECK does not: the
    payment is checked again at its allocation. RECOVER: the money may have gone; people act."""

    HOLD = "hold"
    RECHECK = "recheck"
    RECOVER = "recover"


def consequence_for(state: PaymentState) -> Consequence:
    """HOLD while nothing was instructed, RECOVER once it was. Where the money came back or never
    left (rejected, returned), whatever pays again is checked first: RECHECK."""
    if state == PaymentState.PLANNED:
        return Consequence.HOLD
    return Consequence.RECOVER if state in SENT else Consequence.RECHECK
