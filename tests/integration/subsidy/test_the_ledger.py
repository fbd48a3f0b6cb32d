"""The ledger on a real database: what the triggers refuse, and what concurrency cannot break."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from services.subsidy.budgets import queries
from services.subsidy.budgets.entering import appropriate
from services.subsidy.budgets.errors import BudgetExhausted, BudgetMissing, LedgerKeyReused
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.model import LedgerEntry, LedgerTransaction
from services.subsidy.budgets.rules import Account, Movement, Posting
from shared.kernel.actor import SYSTEM
from shared.kernel.clock import ManualClock
from shared.persistence import Sessions

FUND, REGION, YEAR = "unemployment_insurance", "421281", 2024
BUDGET = f"{FUND}:{REGION}:{YEAR}"


@pytest.fixture
def budget(sessions: Sessions, clock: ManualClock) -> str:
    grant(sessions, clock, "鄂财社〔2024〕1号")
    return BUDGET


def grant(sessions: Sessions, clock: ManualClock, document_no: str, fen: int = 1_000) -> None:
    with sessions.begin() as session:
        appropriate(
            session,
            clock,
            SYSTEM,
            fund=FUND,
            region=REGION,
            year=YEAR,
            amount_fen=fen,
            document_no=document_no,
        )


def held(sessions: Sessions) -> dict[str, int]:
    with sessions() as session:
        [position] = queries.positions(session)
        assert queries.differences(session) == []
        assert queries.unbalanced_transactions(session) == []
        return {str(account): position[account] for account in Account}


def reserve(subject: str, fen: int = 100) -> Posting:
    return Posting(Movement.RESERVE, subject, BUDGET, fen)


def test_the_same_document_is_entered_once(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    grant(sessions, clock, "鄂财社〔2024〕1号")
    grant(sessions, clock, "鄂财社〔2024〕2号", 500)
    assert held(sessions) == {
        "appropriation": -1_500,
        "available": 1_500,
        "reserved": 0,
        "committed": 0,
        "disbursed": 0,
    }


def test_a_replay_changes_nothing_and_another_amount_is_refused(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    for expected in (2, 0):
        with sessions.begin() as session:
            assert post(session, clock, SYSTEM, [reserve("a"), reserve("b")]) == expected
    with pytest.raises(LedgerKeyReused), sessions.begin() as session:
        post(session, clock, SYSTEM, [reserve("a", 99)])
    assert held(sessions)["reserved"] == 200


def test_all_postings_or_none(sessions: Sessions, clock: ManualClock, budget: str) -> None:
    with pytest.raises(BudgetExhausted) as refused, sessions.begin() as session:
        post(session, clock, SYSTEM, [reserve("a", 900), reserve("b", 101)])
    assert "1.00" in refused.value.text("zh")
    assert held(sessions)["available"] == 1_000


def test_a_budget_that_nobody_entered_is_named(sessions: Sessions, clock: ManualClock) -> None:
    with pytest.raises(BudgetMissing), sessions.begin() as session:
        post(session, clock, SYSTEM, [reserve("a")])


def test_concurrent_reservations_never_overspend(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    def attempt(number: int) -> bool:
        try:
            with sessions.begin() as session:
                post(session, clock, SYSTEM, [reserve(str(number), 70)])
        except BudgetExhausted:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(attempt, range(40)))
    assert won == 14
    assert held(sessions)["reserved"] == 980


def test_the_same_posting_at_once_is_posted_once(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    def attempt(_: int) -> int:
        with sessions.begin() as session:
            return post(session, clock, SYSTEM, [reserve("same")])

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(12))) == 1
    assert held(sessions)["reserved"] == 100


def test_a_posting_does_not_wait_for_whoever_has_only_named_the_budget(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    """A reservation inserts its entitlement before it posts: two that waited for each other's
    foreign keys were a deadlock."""
    with sessions.begin() as naming, sessions.begin() as posting:
        naming.execute(text("SELECT FROM budgets WHERE id = :id FOR KEY SHARE"), {"id": BUDGET})
        posting.execute(text("SET LOCAL lock_timeout = '200ms'"))
        assert post(posting, clock, SYSTEM, [reserve("a")]) == 1


@pytest.mark.parametrize("table", ["ledger_transactions", "ledger_entries"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET amount_fen = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
)
def test_the_ledger_refuses_every_change(
    sessions: Sessions, budget: str, table: str, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="append only"), sessions.begin() as session:
        session.execute(text(statement.format(table)))


def test_a_balance_cannot_be_written_by_hand(sessions: Sessions, budget: str) -> None:
    with pytest.raises(DBAPIError, match="kept by the ledger"), sessions.begin() as session:
        session.execute(text("UPDATE budget_balances SET balance_fen = 0"))


def test_a_transaction_that_does_not_sum_to_zero_is_refused_at_the_commit(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    session = sessions()
    session.begin()
    session.execute(
        insert(LedgerTransaction),
        {
            "id": "t",
            "kind": "reserve",
            "subject": "t",
            "budget_id": BUDGET,
            "amount_fen": 10,
            "posted_by": "x",
            "posted_at_utc": clock.now(),
        },
    )
    session.execute(
        insert(LedgerEntry),
        [
            {
                "transaction_id": "t",
                "number": 1,
                "budget_id": BUDGET,
                "account": "available",
                "amount_fen": -10,
            },
            {
                "transaction_id": "t",
                "number": 2,
                "budget_id": BUDGET,
                "account": "reserved",
                "amount_fen": 9,
            },
        ],
    )
    with pytest.raises(DBAPIError, match="with the sum -1"):
        session.commit()
    session.close()


def test_a_transaction_without_entries_and_a_late_entry_are_refused(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    with pytest.raises(DBAPIError, match="0 entries"), sessions.begin() as session:
        session.execute(
            insert(LedgerTransaction),
            {
                "id": "t",
                "kind": "reserve",
                "subject": "t",
                "budget_id": BUDGET,
                "amount_fen": 10,
                "posted_by": "x",
                "posted_at_utc": clock.now(),
            },
        )
    with sessions() as session:
        first = session.scalars(select(LedgerTransaction.id)).first()
    with pytest.raises(DBAPIError, match="3 entries"), sessions.begin() as session:
        session.execute(
            insert(LedgerEntry),
            {
                "transaction_id": first,
                "number": 3,
                "budget_id": BUDGET,
                "account": "available",
                "amount_fen": 1,
            },
        )


def test_the_database_itself_refuses_an_overdraft(
    sessions: Sessions, clock: ManualClock, budget: str
) -> None:
    with pytest.raises(DBAPIError, match="not_overdrawn"), sessions.begin() as session:
        session.execute(
            insert(LedgerTransaction),
            {
                "id": "t",
                "kind": "reserve",
                "subject": "t",
                "budget_id": BUDGET,
                "amount_fen": 1001,
                "posted_by": "x",
                "posted_at_utc": clock.now(),
            },
        )
        session.execute(
            insert(LedgerEntry),
            [
                {
                    "transaction_id": "t",
                    "number": 1,
                    "budget_id": BUDGET,
                    "account": "available",
                    "amount_fen": -1001,
                },
                {
                    "transaction_id": "t",
                    "number": 2,
                    "budget_id": BUDGET,
                    "account": "reserved",
                    "amount_fen": 1001,
                },
            ],
        )
