"""What the finance bureau's documents do to a budget: entered once, reduced, corrected, closed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.subsidy.budgets import queries
from services.subsidy.budgets.closing import Leftover, close_budget
from services.subsidy.budgets.entering import correct_document, documents_in, reduce_budget
from services.subsidy.budgets.errors import (
    AvailableTooLow,
    BudgetClosed,
    DocumentEntered,
    DocumentNotEntered,
    StillReserved,
    YearNotOver,
)
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.model import LedgerTransaction
from services.subsidy.budgets.rules import Account, Movement, Posting
from shared.audit import AuditEntry
from shared.kernel.actor import SYSTEM
from shared.kernel.errors import DomainError
from tests.integration.subsidy.counter import BUREAU, FUND, REGION, Counter

BUDGET, NEXT = f"{FUND}:{REGION}:2024", f"{FUND}:{REGION}:2025"
EACH = 150_000


def act(counter: Counter, work: Callable[..., Any], identifier: str = BUDGET, **named: Any) -> None:
    with counter.sessions.begin() as session:
        work(session, counter.clock, BUREAU, identifier, **named)


def held(counter: Counter, identifier: str = BUDGET) -> dict[str, int]:
    with counter.sessions() as session:
        assert queries.differences(session) == []
        assert queries.unbalanced_transactions(session) == []
        [position] = [each for each in queries.positions(session) if each.budget.id == identifier]
        return {str(account): position[account] for account in Account}


def documents(counter: Counter) -> dict[str, int]:
    with counter.sessions() as session:
        return {each.number: each.amount_fen for each in documents_in(session, BUDGET).values()}


def test_one_document_typed_in_two_ways_is_entered_once(counter: Counter) -> None:
    for typed in (
        "鄂财社〔2024〕1号",
        "鄂财社〔2024〕1号 ",
        "鄂财社（２０２４）１号",
        "鄂财社(2024) 1号",
    ):
        counter.grant(1_000, typed)
    assert held(counter)["available"] == 1_000
    assert documents(counter) == {"鄂财社〔2024〕1号": 1_000}
    with pytest.raises(DocumentEntered) as refused:
        counter.grant(2_000, "鄂财社〔2024〕1 号")
    assert refused.value.codes == {"amount_fen": "1000"} and "10.00" in refused.value.text("zh")


def test_a_document_from_before_numbers_had_one_form_is_not_entered_again(
    counter: Counter,
) -> None:
    counter.grant(1_000, "甲")
    with counter.sessions.begin() as session:
        post(
            session,
            counter.clock,
            SYSTEM,
            [Posting(Movement.APPROPRIATE, f"{BUDGET}:乙 〔2024〕 3号 ", BUDGET, 500)],
        )
    counter.grant(500, "乙〔2024〕3号")
    assert held(counter)["available"] == 1_500


def test_a_budget_is_reduced_by_no_more_than_is_available(counter: Counter) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    with pytest.raises(AvailableTooLow) as refused:
        act(counter, reduce_budget, amount_fen=850_001, document_no="核减1号")
    assert refused.value.codes == {
        "needed_fen": "850001",
        "available_fen": "850000",
        "reserved_fen": "150000",
        "committed_fen": "0",
        "disbursed_fen": "0",
    }
    for _ in range(2):  # the same document again changes nothing
        act(counter, reduce_budget, amount_fen=850_000, document_no="核减1号", reason="收回")
    after = held(counter)
    assert (after["appropriation"], after["available"], after["reserved"]) == (-EACH, 0, EACH)
    with counter.sessions() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "budget_reduced"))
        assert (entry.reason, entry.facts["amount_fen"]) == ("收回", 850_000)


def test_a_mistaken_document_is_reversed_and_entered_anew(counter: Counter) -> None:
    counter.grant(10_000_000, "甲")  # it says 1,000,000
    counter.audited(1)
    correct = {"document_no": " 甲", "amount_fen": 1_000_000, "reason": "多录一个零"}
    for _ in range(2):
        act(counter, correct_document, **correct)
    assert held(counter)["available"] == 850_000
    assert documents(counter) == {"甲": 1_000_000}
    with counter.sessions() as session:
        entries = session.execute(
            select(LedgerTransaction.kind, LedgerTransaction.amount_fen)
            .where(LedgerTransaction.kind != "reserve")
            .order_by(LedgerTransaction.posted_at_utc, LedgerTransaction.id)
        ).all()
    assert sorted(map(tuple, entries)) == [
        ("appropriate", 1_000_000),
        ("appropriate", 10_000_000),
        ("reverse_appropriation", 10_000_000),
    ]
    counter.grant(1_000_000, "甲")  # said again as it is now: nothing
    with pytest.raises(DocumentEntered):
        counter.grant(10_000_000, "甲")
    with pytest.raises(AvailableTooLow):
        act(counter, correct_document, document_no="甲", amount_fen=149_999, reason="再减")
    with pytest.raises(DocumentNotEntered):
        act(counter, correct_document, document_no="乙", amount_fen=1, reason="无此文")
    act(counter, correct_document, document_no="甲", amount_fen=EACH, reason="再减")
    assert held(counter)["available"] == 0


def test_a_document_of_another_budget_is_taken_back_and_may_be_put_back(counter: Counter) -> None:
    counter.grant(500, "甲")
    act(counter, correct_document, document_no="甲", amount_fen=0, reason="属于市级")
    assert (held(counter)["available"], documents(counter)) == (0, {"甲": 0})
    act(counter, correct_document, document_no="甲", amount_fen=300, reason="核对后恢复")
    assert (held(counter)["available"], documents(counter)) == (300, {"甲": 300})


def test_a_reduction_undone_is_given_to_who_waits(counter: Counter) -> None:
    counter.grant(EACH)
    act(counter, reduce_budget, amount_fen=EACH, document_no="核减1号")
    waiting = counter.audited(1)
    counter.fund()
    assert counter.payments(waiting) == []
    act(counter, correct_document, document_no="核减1号", amount_fen=0, reason="误减")
    counter.fund()
    assert len(counter.payments(waiting)) == 1


def test_a_year_is_closed_after_its_end_and_what_is_left_is_returned(counter: Counter) -> None:
    counter.grant(1_000)
    with pytest.raises(YearNotOver):
        act(counter, close_budget, leftover=Leftover.RETURNED, document_no="结账")
    counter.clock.advance_to(date(2025, 1, 2))
    act(counter, close_budget, leftover=Leftover.RETURNED, document_no="上缴1号")
    assert held(counter)["available"] == 0 and documents(counter)["上缴1号"] == 1_000
    for closed in (
        lambda: counter.grant(5, "迟到"),
        lambda: act(counter, close_budget, leftover=Leftover.RETURNED, document_no="再结"),
        lambda: act(counter, correct_document, document_no="上缴1号", amount_fen=0, reason="误"),
    ):
        with pytest.raises(BudgetClosed):
            closed()


def test_what_is_left_is_carried_into_the_next_year_and_given_to_who_waits(
    counter: Counter,
) -> None:
    counter.grant(EACH - 1)
    waiting = counter.audited(1)
    counter.grant(EACH, "追加", region="420000")
    counter.fund()
    late = counter.audited(2)
    counter.clock.advance_to(date(2025, 1, 2))
    counter.grant(1, "零头", year=2025)
    act(counter, close_budget, leftover=Leftover.CARRIED, document_no="结转1号")
    counter.fund()
    assert len(counter.payments(waiting)) == len(counter.payments(late)) == 1
    assert held(counter)["available"] == 0
    assert (held(counter, NEXT)["available"], held(counter, NEXT)["reserved"]) == (0, EACH)


def test_a_year_with_reservations_is_not_closed(counter: Counter) -> None:
    counter.grant(EACH)
    counter.audited(1)
    counter.clock.advance_to(date(2025, 1, 2))
    with pytest.raises(StillReserved) as refused:
        act(counter, close_budget, leftover=Leftover.RETURNED, document_no="结账")
    assert refused.value.codes == {"reserved_fen": str(EACH)}
    assert "1 笔" in refused.value.text("zh")


@pytest.mark.parametrize("kind", ["appropriate", "reserve", "commit", "reverse_reduction"])
def test_the_database_itself_keeps_a_closed_year_closed(counter: Counter, kind: str) -> None:
    counter.grant(1_000)
    counter.clock.advance_to(date(2025, 1, 2))
    act(counter, close_budget, leftover=Leftover.RETURNED, document_no="结账")
    insert = "INSERT INTO ledger_transactions VALUES ('t', :kind, 's', :budget, 1, 'x', now())"
    with pytest.raises(DBAPIError, match="is closed"), counter.sessions.begin() as session:
        session.execute(text(insert), {"kind": kind, "budget": BUDGET})
    with pytest.raises(DBAPIError, match="closed for good"), counter.sessions.begin() as session:
        session.execute(text("UPDATE budgets SET closed_at_utc = NULL"))


def at_once(*works: Callable[[], object]) -> list[object]:
    """Each in a thread of its own, begun together; what it answers, or the error that it raised."""
    begun = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        begun.wait()
        try:
            return work()
        except DomainError as error:
            return error

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def reducing(counter: Counter, fen: int, document_no: str) -> Callable[[], object]:
    return lambda: act(counter, reduce_budget, amount_fen=fen, document_no=document_no)


def test_of_two_reductions_at_once_the_money_allows_one(counter: Counter) -> None:
    counter.grant(1_000_000)
    answers = at_once(reducing(counter, 600_000, "核减1号"), reducing(counter, 600_000, "核减2号"))
    assert sorted(type(each).__name__ for each in answers) == ["AvailableTooLow", "NoneType"]
    assert held(counter)["available"] == 400_000


def test_one_reduction_sent_twice_at_once_counts_once(counter: Counter) -> None:
    counter.grant(1_000_000)
    again = [
        reducing(counter, 600_000, number) for number in ("核减〔2024〕1号", "核减(2024) 1 号")
    ]
    assert at_once(*again) == [None, None]
    assert held(counter)["available"] == 400_000


def test_a_reduction_and_a_claim_at_once_do_not_take_the_same_money(counter: Counter) -> None:
    counter.grant(EACH)
    case_id = counter.claim(1)
    reduced, _ = at_once(reducing(counter, EACH, "核减1号"), lambda: counter.approve(case_id))
    after = held(counter)
    assert after["available"] == 0
    won = isinstance(reduced, AvailableTooLow)
    assert after["reserved"] == (EACH if won else 0)
    assert len(counter.payments(case_id)) == (1 if won else 0)


def test_a_reduction_and_an_allocation_at_once_leave_the_ledger_whole(counter: Counter) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    batch_id = counter.approved()
    reduced, allocated = at_once(
        reducing(counter, 850_001, "核减1号"), lambda: counter.allocate(batch_id)
    )
    assert isinstance(reduced, AvailableTooLow) and allocated is None
    after = held(counter)
    assert (after["available"], after["committed"]) == (850_000, EACH)
