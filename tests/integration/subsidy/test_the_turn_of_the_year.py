"""A batch holds payments of one budget year: what was not sent by the end of its year moves to the
new year's budget, in the background, and is seen while it waits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.subsidy.batches.errors import CasesNotPayable, NothingToPay, OfAnotherYear
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.budgets import queries
from services.subsidy.budgets.closing import Leftover, close_budget
from services.subsidy.budgets.rules import Account
from services.subsidy.claims.handlers import end_claim
from services.subsidy.claims.progress import funding_progress
from services.subsidy.claims.turning import turn_the_year
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.rules import PaymentState
from services.subsidy.repairs.handlers import decide_repair, propose_repair
from services.subsidy.reports.handlers import StatusReport
from shared.approvals.loading import locked_case
from shared.approvals.timeline import timeline
from shared.kernel.actor import SYSTEM
from shared.kernel.clock import shanghai
from tests.integration.subsidy.counter import (
    AUDITOR,
    BUREAU,
    FUND,
    OTHER_ACCOUNT,
    REGION,
    Counter,
    person,
)

EACH = 150_000
NEW_YEAR = date(2025, 1, 2)
OLD, NEW = f"{FUND}:{REGION}:2024", f"{FUND}:{REGION}:2025"


def turn(counter: Counter) -> None:
    while counter.act(turn_the_year):
        pass


def reserved(counter: Counter) -> dict[str, int]:
    with counter.sessions() as session:
        assert queries.differences(session) == []
        return {each.budget.id: each[Account.RESERVED] for each in queries.positions(session)}


def test_a_payment_planned_last_year_is_paid_of_the_new_years_money(counter: Counter) -> None:
    counter.grant(2 * EACH)
    first, second = counter.audited(1), counter.audited(2)
    counter.clock.advance_to(NEW_YEAR)
    with pytest.raises(NothingToPay):
        counter.made()
    with pytest.raises(CasesNotPayable) as refused:
        counter.made(case_ids=[first])
    assert isinstance(refused.value.errors[0], OfAnotherYear)
    turn(counter)  # no budget of 2025 yet: they wait
    assert reserved(counter) == {OLD: 2 * EACH}
    with counter.sessions() as session:
        progress = funding_progress(session, 2025)
        assert (progress["to_move_count"], progress["to_move_fen"]) == (2, 2 * EACH)

    counter.grant(EACH, year=2025)
    turn(counter)
    assert reserved(counter) == {OLD: EACH, NEW: EACH}
    assert counter.payments(first)[0].budget_id == NEW  # in the order of submission
    counter.grant(10 * EACH, "追加", year=2025)
    turn(counter)
    assert reserved(counter) == {OLD: 0, NEW: 2 * EACH}
    batch_id = counter.allocated()
    [payment] = counter.payments(second)
    assert (payment.batch_id, payment.state) == (batch_id, PaymentState.INSTRUCTED)
    with counter.sessions() as session:
        committed = {each.budget.id: each[Account.COMMITTED] for each in queries.positions(session)}
        assert committed == {OLD: 0, NEW: 2 * EACH}
        told = [each.action for each in timeline(session, counter.office, second)]
    assert "reservation_moved" in told
    with counter.sessions.begin() as session:
        left = Leftover.RETURNED
        close_budget(session, counter.clock, BUREAU, OLD, leftover=left, document_no="上缴")


@pytest.mark.parametrize("approved", [False, True])
def test_a_batch_of_last_year_is_neither_approved_nor_allocated_and_goes_back(
    counter: Counter, approved: bool
) -> None:
    counter.grant(EACH)
    case_id = counter.audited(1)
    batch_id = counter.approved() if approved else counter.made()
    counter.clock.advance_to(NEW_YEAR)
    if approved:
        with pytest.raises(OfAnotherYear):
            counter.allocate(batch_id)
    turn(counter)
    with counter.sessions() as session:
        batch = session.get_one(PaymentBatch, batch_id)
        assert batch.state == "returned" and "年度结束" in str(batch.returned_reason)
    counter.grant(EACH, year=2025)
    turn(counter)
    again = counter.allocated()
    assert counter.payments(case_id)[0].batch_id == again


def test_a_city_pays_next_year_for_what_the_county_reserved(counter: Counter) -> None:
    counter.grant(EACH)
    case_id = counter.audited(1)
    counter.clock.advance_to(NEW_YEAR)
    counter.grant(1, year=2025)
    counter.grant(EACH, region="421200", year=2025)
    turn(counter)
    assert counter.payments(case_id)[0].budget_id == f"{FUND}:421200:2025"


def test_what_the_bank_sends_back_in_the_new_year_is_paid_again_of_its_money(
    counter: Counter,
) -> None:
    counter.grant(EACH)
    case_id = counter.audited(1)
    batch_id = counter.allocated()
    counter.advance(case_id)
    [payment] = counter.payments(case_id)
    counter.clock.advance_to(NEW_YEAR)
    counter.grant(EACH, year=2025)
    rejected = StatusReport(
        payment.end_to_end_id, PaymentState.REJECTED, "AC04", counter.clock.now()
    )
    counter.report(batch_id, rejected)
    assert reserved(counter) == {OLD: EACH, NEW: 0}
    turn(counter)
    assert reserved(counter) == {OLD: 0, NEW: EACH}
    counter.act(propose_repair, payment.id, OTHER_ACCOUNT, person(1))
    counter.act(decide_repair, payment.id, confirmed=True, reason="", by=AUDITOR)
    assert counter.payments(case_id)[-1].budget_id == NEW
    counter.allocated()
    with counter.sessions() as session:
        [entitlement] = session.scalars(select(Entitlement))
        assert entitlement.budget_id == NEW


def test_a_reservation_moved_in_two_years_running_is_released_at_last(counter: Counter) -> None:
    counter.grant(EACH)
    case_id = counter.audited(1)
    for year in (2025, 2026):
        counter.clock.advance_to(date(year, 1, 5))
        counter.grant(EACH, year=year)
        turn(counter)
    with counter.sessions.begin() as session:
        end_claim(session, counter.office, locked_case(session, case_id), "不再办理", SYSTEM)
    assert set(reserved(counter).values()) == {0}


def test_the_new_years_money_is_first_for_what_was_reserved_before(counter: Counter) -> None:
    counter.grant(EACH)
    before = counter.audited(1)
    waiting = counter.audited(2)
    late = counter.claim(3)
    counter.clock.advance_to(NEW_YEAR)
    counter.grant(EACH, year=2025)
    counter.approve(late)
    assert counter.payments(late) == []
    turn(counter)
    counter.fund()
    assert counter.payments(before)[0].budget_id == NEW
    assert counter.payments(waiting) == counter.payments(late) == []


def test_the_year_turns_at_midnight_in_shanghai(counter: Counter) -> None:
    counter.grant(EACH)
    counter.grant(EACH, year=2025)
    case_id = counter.audited(1)
    counter.clock.advance_to(shanghai(date(2025, 1, 1)) - timedelta(minutes=1))
    turn(counter)
    assert counter.payments(case_id)[0].budget_id == OLD
    counter.clock.advance_to(shanghai(date(2025, 1, 1)))
    turn(counter)
    assert counter.payments(case_id)[0].budget_id == NEW
