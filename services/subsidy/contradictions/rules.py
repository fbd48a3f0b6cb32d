"""Who may speak against a recorded payment, and what follows from it. Pure."""

from enum import StrEnum

from services.subsidy.payments.rules import SENT, PaymentState


class Source(StrEnum):
    REGISTRY = "registry"
    EVENT = "event"
    BANK = "bank"
    PERSON = "person"


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
