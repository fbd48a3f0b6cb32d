"""The double-entry arithmetic of a budget: which account each movement takes from and gives to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """The accounts of one budget (a fund of a region in a year).

    APPROPRIATION is the other side of what the finance bureau granted: its balance is minus
    the whole grant, and all accounts together always make zero.
    """

    APPROPRIATION = "appropriation"
    AVAILABLE = "available"
    RESERVED = "reserved"
    COMMITTED = "committed"
    DISBURSED = "disbursed"


class Movement(StrEnum):
    APPROPRIATE = "appropriate"
    REDUCE = "reduce"
    RESERVE = "reserve"
    RELEASE = "release"
    COMMIT = "commit"
    UNCOMMIT = "uncommit"
    DISBURSE = "disburse"
    RETURN = "return"


# movement -> (taken from, given to)
MOVES: Mapping[Movement, tuple[Account, Account]] = {
    Movement.APPROPRIATE: (Account.APPROPRIATION, Account.AVAILABLE),
    Movement.REDUCE: (Account.AVAILABLE, Account.APPROPRIATION),
    Movement.RESERVE: (Account.AVAILABLE, Account.RESERVED),
    Movement.RELEASE: (Account.RESERVED, Account.AVAILABLE),
    Movement.COMMIT: (Account.RESERVED, Account.COMMITTED),
    # refused by the bank before it was paid: kept for the repair
    Movement.UNCOMMIT: (Account.COMMITTED, Account.RESERVED),
    Movement.DISBURSE: (Account.COMMITTED, Account.DISBURSED),
    # 退汇: paid, and come back
    Movement.RETURN: (Account.DISBURSED, Account.RESERVED),
}


@dataclass(frozen=True)
class Posting:
    """One ledger transaction to be: `subject` is the entitlement, payment or document that it is
    about, and with `kind` its idempotency key."""

    kind: Movement
    subject: str
    budget_id: str
    amount_fen: int


@dataclass(frozen=True)
class Overdraft:
    posting: Posting
    account: Account
    balance_fen: int
    needed_fen: int


Balances = Mapping[tuple[str, Account], int]


def budget_id(fund: str, region: str, year: int) -> str:
    return f"{fund}:{region}:{year}"


def entries_of(posting: Posting) -> list[tuple[Account, int]]:
    """The two signed entries (fen) of a posting; they sum to zero."""
    taken, given = MOVES[posting.kind]
    return [(taken, -posting.amount_fen), (given, posting.amount_fen)]


def first_overdraft(balances: Balances, postings: Iterable[Posting]) -> Overdraft | None:
    """The first posting, taken in order, that an account could not bear."""
    running = dict(balances)
    for posting in postings:
        taken, given = MOVES[posting.kind]
        held = running.get((posting.budget_id, taken), 0)
        if taken != Account.APPROPRIATION and held < posting.amount_fen:
            return Overdraft(posting, taken, held, posting.amount_fen)
        running[posting.budget_id, taken] = held - posting.amount_fen
        running[posting.budget_id, given] = (
            running.get((posting.budget_id, given), 0) + posting.amount_fen
        )
    return None
