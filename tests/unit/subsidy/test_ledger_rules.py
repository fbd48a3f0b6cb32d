"""The pure arithmetic of the ledger against the simplest model of it."""

from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.budgets.rules import (
    MOVES,
    Account,
    Movement,
    Posting,
    entries_of,
    first_overdraft,
)

BUDGET = "unemployment_insurance:421281:2024"

postings = st.builds(
    Posting,
    kind=st.sampled_from(list(Movement)),
    subject=st.text("abc", min_size=1, max_size=3),
    budget_id=st.just(BUDGET),
    amount_fen=st.integers(1, 10**12),
)


@given(postings)
def test_the_two_entries_of_a_posting_sum_to_zero(posting: Posting) -> None:
    entries = entries_of(posting)
    assert sum(fen for _, fen in entries) == 0
    assert len({account for account, _ in entries}) == 2


@given(st.lists(postings, max_size=30))
def test_no_account_but_the_appropriation_is_ever_overdrawn(given_postings: list[Posting]) -> None:
    balances: dict[tuple[str, Account], int] = {}
    for posting in given_postings:
        if first_overdraft(balances, [posting]) is not None:
            continue
        for account, fen in entries_of(posting):
            balances[BUDGET, account] = balances.get((BUDGET, account), 0) + fen
    assert sum(balances.values()) == 0
    assert all(
        fen >= 0 for (_, account), fen in balances.items() if account != Account.APPROPRIATION
    )


def test_an_overdraft_names_the_posting_that_went_too_far() -> None:
    balances = {(BUDGET, Account.AVAILABLE): 250}
    asked = [Posting(Movement.RESERVE, str(n), BUDGET, 100) for n in range(3)]
    overdraft = first_overdraft(balances, asked)
    assert overdraft is not None
    assert (overdraft.posting.subject, overdraft.balance_fen, overdraft.needed_fen) == (
        "2",
        50,
        100,
    )


def test_every_movement_has_its_accounts() -> None:
    assert set(MOVES) == set(Movement)
