"""Payment states, what a bank's report does to them, and what the ledger owes to each. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from services.subsidy.budgets.rules import Movement


class PaymentState(StrEnum):
    """PLANNED and CANCELLED are before any instruction; UNKNOWN is asked about, never resent."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    INSTRUCTED = "instructed"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


S = PaymentState
PENDING = None  # a report that is not final: it is kept and changes nothing

MAY_BECOME: Mapping[PaymentState, frozenset[PaymentState]] = {
    S.PLANNED: frozenset({S.INSTRUCTED, S.CANCELLED}),
    S.CANCELLED: frozenset(),
    S.INSTRUCTED: frozenset({S.SETTLED, S.REJECTED, S.UNKNOWN}),
    S.UNKNOWN: frozenset({S.SETTLED, S.REJECTED}),
    S.SETTLED: frozenset({S.RETURNED}),
    S.REJECTED: frozenset(),
    S.RETURNED: frozenset(),
}

# While a payment is one of these its entitlement can have no other.
LIVE = (S.PLANNED, S.INSTRUCTED, S.UNKNOWN, S.SETTLED)
SENT = (S.INSTRUCTED, S.UNKNOWN, S.SETTLED)
REPAIRABLE = (S.REJECTED, S.RETURNED)
REPORTED = (S.SETTLED, S.REJECTED, S.RETURNED, S.UNKNOWN)

LEDGER: Mapping[PaymentState, Movement] = {
    S.INSTRUCTED: Movement.COMMIT,
    S.SETTLED: Movement.DISBURSE,
    S.REJECTED: Movement.UNCOMMIT,
    S.RETURNED: Movement.RETURN,
}


def path_to(state: PaymentState, reported: PaymentState) -> tuple[PaymentState, ...] | None:
    """The states that a report makes a payment go through; () when it says nothing new, None when
    it contradicts what is known. A return (退汇) whose settlement was never reported passes
    through settled, because the money had left. A late "unknown" about an answered payment says
    nothing new; so does "settled" about one that has since come back."""
    if reported == state:
        return ()
    if reported == S.UNKNOWN and state in (S.SETTLED, S.REJECTED, S.RETURNED):
        return ()
    if reported == S.SETTLED and state == S.RETURNED:
        return ()
    if reported == S.RETURNED and state in (S.INSTRUCTED, S.UNKNOWN):
        return (S.SETTLED, S.RETURNED)
    return (reported,) if reported in MAY_BECOME[state] else None
