"""The double-entry arithmetic of a budget: which account each movement takes from and gives to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.region import region_at

UPWARDS = ("county", "city", "province", "nation")


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
    REVERSE_APPROPRIATION = "reverse_appropriation"
    REVERSE_REDUCTION = "reverse_reduction"
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
    # a mistaken document is never changed: its entry is reversed, and the right one entered
    Movement.REVERSE_APPROPRIATION: (Account.AVAILABLE, Account.APPROPRIATION),
    Movement.REVERSE_REDUCTION: (Account.APPROPRIATION, Account.AVAILABLE),
    Movement.RESERVE: (Account.AVAILABLE, Account.RESERVED),
    Movement.RELEASE: (Account.RESERVED, Account.AVAILABLE),
    Movement.COMMIT: (Account.RESERVED, Account.COMMITTED),
    # refused by the bank before it was paid: kept for the repair
    Movement.UNCOMMIT: (Account.COMMITTED, Account.RESERVED),
    Movement.DISBURSE: (Account.COMMITTED, Account.DISBURSED),
    # 退汇: paid, and come back
    Movement.RETURN: (Account.DISBURSED, Account.RESERVED),
}


NOT_IN_A_CLOSED_YEAR = frozenset(
    {Movement.APPROPRIATE, Movement.REVERSE_REDUCTION, Movement.RESERVE, Movement.COMMIT}
)


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


def budget_year(identifier: str) -> int:
    return int(identifier.rsplit(":", 1)[1])


def places_above(region: str) -> tuple[str, ...]:
    """Whose money may pay for a place, nearest first: its own, that of the city, the province, the
    nation, because funds are pooled at different levels."""
    return tuple(dict.fromkeys(region_at(region, level) for level in UPWARDS))


@dataclass(frozen=True)
class Need:
    """What one claim (`key`) asks of a fund. One budget covers it whole."""

    key: str
    fund: str
    region: str
    amount_fen: int


# (fund, region) -> what is available in it, of one year
Available = Mapping[tuple[str, str], int]


def allot(needs: Iterable[Need], available: Available) -> dict[str, str]:
    """Whose budget pays for which need, by its key: in the order given, each from the nearest that
    covers it. Who is not covered is passed over and takes nothing from those behind."""
    left, allotted = dict(available), {}
    for need in needs:
        for place in places_above(need.region):
            if left.get((need.fund, place), 0) >= need.amount_fen:
                left[need.fund, place] -= need.amount_fen
                allotted[need.key] = place
                break
    return allotted


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
