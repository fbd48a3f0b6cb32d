"""What a line of a report may say, and when it speaks against what is recorded. Pure."""

import re
from datetime import UTC, datetime, timedelta

from services.subsidy.payments.rules import PaymentState

S = PaymentState
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 10_000
PATIENCE = timedelta(days=1)  # two clocks differ
_HIDDEN = re.compile(r"[*#xX•]+")
_ACCOUNT = re.compile(r"\d{10,}")


def plain(text: str, longest: int) -> str:
    """A bank's own words in one line, without control characters and account numbers."""
    return _ACCOUNT.sub("****", in_one_line(text, LONGEST_TEXT))[:longest]


def in_one_line(text: str, longest: int) -> str:
    """An identifier, without control characters; its digits stay."""
    words = "".join(each if each.isprintable() else " " for each in text).split()
    return " ".join(words)[:longest]


def is_account(said: str, known: str) -> bool:
    """Whether a bank's word for an account is the known one; what it hides (6217****4563) may be
    anything."""
    shown = _HIDDEN.split("".join(said.split()))
    if len(shown) == 1:
        return shown[0] == known
    return known.startswith(shown[0]) and known.endswith(shown[-1])


def is_plausible(moment: datetime, latest: datetime) -> bool:
    """`moment` is aware. The first and last days of the calendar have no date in UTC."""
    try:
        return EARLIEST <= moment.astimezone(UTC) <= latest + PATIENCE
    except OverflowError:
        return False


def contradiction_of(
    state: PaymentState, said: PaymentState | None, *, after_return: bool = False
) -> str | None:
    """The code of what a report says against a recorded payment; None where it says nothing
    against it, or nothing that money follows from. `after_return`: it was reported later than
    the return that is recorded."""
    if said == S.SETTLED and (state != S.RETURNED or after_return):
        return _PAID_AGAINST.get(state)
    if said == S.RETURNED and state in (S.PLANNED, S.CANCELLED):
        return _PAID_AGAINST[state]
    return "rejected_after_settled" if (state, said) == (S.SETTLED, S.REJECTED) else None


_PAID_AGAINST = {
    S.REJECTED: "settled_after_rejected",
    S.RETURNED: "settled_after_returned",
    S.PLANNED: "settled_before_instructed",
    S.CANCELLED: "settled_after_cancelled",
}
