"""Any postings in any order, in any grouping: the database and the simplest model agree."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.subsidy.budgets import queries
from services.subsidy.budgets.entering import appropriate
from services.subsidy.budgets.errors import BudgetExhausted, LedgerOutOfOrder
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.rules import (
    Account,
    Movement,
    Posting,
    entries_of,
    first_overdraft,
)
from shared.kernel.actor import SYSTEM
from shared.kernel.clock import ManualClock
from shared.kernel.ids import new_id
from shared.persistence import Sessions

MOVES = st.sampled_from([each for each in Movement if each != Movement.APPROPRIATE])
GROUPS = st.lists(
    st.lists(st.tuples(MOVES, st.integers(0, 5)), min_size=1, max_size=4),
    max_size=8,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(GROUPS)
def test_the_database_keeps_what_the_model_keeps(
    sessions: Sessions, clock: ManualClock, groups: list[list[tuple[Movement, int]]]
) -> None:
    fund = "f" + new_id()
    with sessions.begin() as session:
        budget = appropriate(
            session,
            clock,
            SYSTEM,
            fund=fund,
            region="421281",
            year=2024,
            amount_fen=100,
            document_no="1",
        ).id
    model = {(budget, Account.APPROPRIATION): -100, (budget, Account.AVAILABLE): 100}
    posted: set[tuple[Movement, str]] = set()
    for group in groups:
        asked = {
            (kind, f"{fund}:{subject}"): Posting(kind, f"{fund}:{subject}", budget, 7 + subject)
            for kind, subject in group
        }
        new = [posting for key, posting in asked.items() if key not in posted]
        refused = first_overdraft(model, new) is not None
        try:
            with sessions.begin() as session:
                written = post(session, clock, SYSTEM, list(asked.values()))
        except (BudgetExhausted, LedgerOutOfOrder):
            assert refused
            continue
        assert not refused and written == len(new)
        posted |= {(posting.kind, posting.subject) for posting in new}
        for posting in new:
            for account, fen in entries_of(posting):
                model[budget, account] = model.get((budget, account), 0) + fen
    with sessions() as session:
        [position] = [p for p in queries.positions(session) if p.budget.id == budget]
        assert queries.differences(session) == []
        assert queries.unbalanced_transactions(session) == []
    assert {account: position[account] for account in Account} == {
        account: model.get((budget, account), 0) for account in Account
    }
