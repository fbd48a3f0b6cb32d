"""Money that comes is given to who waits: all that it covers, in every region below, in the order
of submission, and what was done is seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import cast

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from services.subsidy.app import chores
from services.subsidy.budgets import queries
from services.subsidy.budgets.rules import Account
from services.subsidy.claims.handlers import end_claim
from services.subsidy.claims.model import ClaimFunding, FundingRound
from services.subsidy.claims.progress import funding_progress
from services.subsidy.claims.rounds import fund_next
from services.subsidy.payments.model import Payment
from shared.approvals.model import Case
from shared.approvals.timeline import timeline
from shared.kernel.actor import SYSTEM
from shared.service import Service
from tests.integration.subsidy.counter import REGION, Counter
from tests.integration.subsidy.line import lengthen

EACH = 150_000
CITY, PROVINCE, NATION = "421200", "420000", "000000"


def funded(counter: Counter, case_ids: list[str]) -> list[str]:
    with counter.sessions() as session:
        rows = session.scalars(
            select(ClaimFunding.case_id)
            .where(ClaimFunding.case_id.in_(case_ids), ClaimFunding.state == "funded")
            .order_by(ClaimFunding.case_id)
        )
        return list(rows)


def balances(counter: Counter) -> dict[str, tuple[int, int]]:
    """Available and reserved, by region."""
    with counter.sessions() as session:
        assert queries.differences(session) == []
        return {
            each.budget.region: (each[Account.AVAILABLE], each[Account.RESERVED])
            for each in queries.positions(session)
        }


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    """The statements of the block."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def ask_for(counter: Counter, case_id: str, fen: int) -> None:
    with counter.sessions.begin() as session:
        for statement in (
            "UPDATE cases SET amount_fen = :fen WHERE id = :id",
            "UPDATE claim_fundings SET amount_fen = :fen WHERE case_id = :id",
        ):
            session.execute(text(statement), {"fen": fen, "id": case_id})


def test_two_thousand_claims_and_money_for_fifteen_hundred(counter: Counter) -> None:
    first = counter.audited(1)
    line = [first, *lengthen(counter.sessions, first, 1_999)]
    counter.grant(1_500 * EACH)
    started = time.monotonic()
    counter.fund()
    took = time.monotonic() - started
    assert funded(counter, line) == sorted(line[:1_500])
    assert balances(counter) == {REGION: (0, 1_500 * EACH)}
    with counter.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 1_500
        progress = funding_progress(session, 2024)
    assert (progress["waiting_count"], progress["funded_count"]) == (500, 1_500)
    assert progress["under_way"] is False and progress["closed_at_utc"] is not None
    assert took < 30, f"{took:.1f} s"


def test_a_chunk_takes_a_fixed_number_of_statements(counter: Counter) -> None:
    first = counter.audited(1)
    lengthen(counter.sessions, first, 59)
    counter.grant(100 * EACH)
    counts = []
    for at_once in (10, 50):
        with counter.sessions.begin() as session, counting(session) as statements:
            assert fund_next(session, counter.office, at_once)
            session.flush()
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 3 < 40, counts


@pytest.mark.parametrize("region", [CITY, PROVINCE, NATION])
def test_money_of_a_higher_level_reaches_the_claims_of_a_county(
    counter: Counter, region: str
) -> None:
    case_id = counter.audited(1)
    counter.grant(EACH, region=region)
    counter.fund()
    assert funded(counter, [case_id]) == [case_id]
    assert balances(counter) == {region: (0, EACH)}


def test_a_nearer_budget_that_does_not_cover_a_claim_shadows_no_other(counter: Counter) -> None:
    counter.grant(1)
    counter.grant(10 * EACH, region=CITY)
    case_id = counter.audited(1)
    assert funded(counter, [case_id]) == [case_id]
    counter.grant(EACH, "追加")
    counter.audited(2)
    assert balances(counter) == {REGION: (1, EACH), CITY: (9 * EACH, EACH)}


def test_a_claim_too_large_is_passed_over_and_keeps_its_place(counter: Counter) -> None:
    line = [counter.audited(number) for number in (1, 2, 3)]
    ask_for(counter, line[0], 10 * EACH)
    counter.grant(3 * EACH)
    counter.fund()
    assert funded(counter, line) == line[1:]
    later = lengthen(counter.sessions, line[0], 2)  # as large, behind it
    counter.grant(9 * EACH, "追加")
    counter.fund()
    assert funded(counter, line + later) == line
    assert balances(counter)[REGION] == (0, 12 * EACH)


def test_who_submitted_first_comes_first_although_others_came_to_wait_before(
    counter: Counter,
) -> None:
    slow, quick = counter.claim(1), counter.claim(2)
    counter.approve(quick)
    counter.approve(slow)
    counter.grant(EACH)
    counter.fund()
    assert funded(counter, [slow, quick]) == [slow]


def test_a_claim_that_comes_does_not_go_before_those_who_wait(counter: Counter) -> None:
    waiting = counter.audited(1)
    counter.grant(EACH)
    late = counter.audited(2)  # the money is there, and not yet given to who waits
    assert funded(counter, [waiting, late]) == []
    counter.fund()
    assert funded(counter, [waiting, late]) == [waiting]
    with counter.sessions() as session:
        assert session.get_one(ClaimFunding, late).problem_code == "budget_exhausted"


def test_money_that_a_release_frees_goes_to_who_waits(counter: Counter) -> None:
    counter.grant(EACH)
    holds, waiting = counter.audited(1), counter.audited(2)
    with counter.sessions.begin() as session:
        case = session.scalars(select(Case).where(Case.id == holds).with_for_update()).one()
        end_claim(session, counter.office, case, "误办", SYSTEM)
    counter.fund()
    assert funded(counter, [waiting]) == [waiting]
    with counter.sessions() as session:
        told = [each.action for each in timeline(session, counter.office, waiting)]
    assert "claim_funded" in told


def test_the_budget_of_a_new_year_is_given_out_when_the_year_begins(counter: Counter) -> None:
    waiting = counter.audited(1)
    counter.grant(EACH, year=2025)
    counter.fund()
    assert funded(counter, [waiting]) == []
    counter.clock.advance_to(date(2025, 1, 2))
    counter.fund()
    assert funded(counter, [waiting]) == [waiting]


def test_what_was_not_done_before_a_kill_is_done_after_it(counter: Counter) -> None:
    first = counter.audited(1)
    line = [first, *lengthen(counter.sessions, first, 9)]
    counter.grant(10 * EACH)
    counter.act(fund_next, at_once=4)
    session = counter.sessions()
    fund_next(session, counter.office, at_once=4)
    session.rollback()  # as a kill would
    session.close()
    assert funded(counter, line) == sorted(line[:4])
    with counter.sessions() as session:
        assert funding_progress(session, 2024)["under_way"] is True
    counter.fund(at_once=4)
    assert funded(counter, line) == sorted(line)
    with counter.sessions() as session:
        assert [each.funded_count for each in session.scalars(select(FundingRound))] == [10]


def test_a_claim_that_cannot_be_funded_by_a_fault_of_ours_holds_nobody_up(
    counter: Counter,
) -> None:
    line = [counter.audited(number) for number in (1, 2, 3)]
    with counter.sessions.begin() as session:  # its document is gone and its text unreadable
        session.execute(
            text("INSERT INTO procedure_texts (digest, text) VALUES ('broken', ': nothing [')")
        )
        session.execute(
            text("UPDATE cases SET procedure_digest = 'broken', version = version WHERE id = :id"),
            {"id": line[0]},
        )
    counter.grant(3 * EACH)
    counter.fund()
    assert funded(counter, line) == line[1:]
    with counter.sessions() as session:
        assert session.get_one(ClaimFunding, line[0]).problem_code == "funding_failed"


def test_a_claim_barred_by_a_finding_has_its_money_when_the_finding_holds_again(
    counter: Counter,
) -> None:
    case_id = counter.audited(1)
    set_findings(counter, case_id, "false")
    counter.grant(EACH)
    counter.fund()
    assert funded(counter, [case_id]) == []
    assert counter.fund() == 1  # not tried again for nothing
    set_findings(counter, case_id, "true")
    counter.fund()
    assert funded(counter, [case_id]) == [case_id]


def test_the_relay_of_the_service_gives_the_money_out(counter: Counter) -> None:
    case_id = counter.audited(1)
    counter.grant(EACH)
    engine = counter.sessions.kw["bind"]
    [(_, fund)] = chores(cast(Service, counter))
    with engine.connect() as connection:
        for more in (True, False):
            with connection.begin():
                assert fund(connection) is more
    assert funded(counter, [case_id]) == [case_id]


def set_findings(counter: Counter, case_id: str, passed: str) -> None:
    with counter.sessions.begin() as session:
        session.execute(
            text(f"UPDATE case_findings SET passed = {passed} WHERE case_id = :id"),
            {"id": case_id},
        )


def test_appropriations_releases_and_the_chore_at_once_neither_overdraw_nor_deadlock(
    counter: Counter,
) -> None:
    first = counter.audited(1)
    line = [first, *lengthen(counter.sessions, first, 79)]
    stop = threading.Event()

    def give(number: int) -> None:
        region = (REGION, CITY, PROVINCE, NATION)[number % 4]
        counter.grant(5 * EACH, f"追加〔2024〕{number}号", region=region)

    def release(case_id: str) -> None:
        with counter.sessions.begin() as session:
            case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
            end_claim(session, counter.office, case, "误办", SYSTEM)

    def chore() -> None:
        while not stop.is_set():
            counter.act(fund_next, at_once=7)

    with ThreadPoolExecutor(8) as pool:
        chores = [pool.submit(chore) for _ in range(2)]
        acts = [pool.submit(give, number) for number in range(12)]
        acts += [pool.submit(release, case_id) for case_id in line[:20:2]]
        acts += [pool.submit(counter.audited, number) for number in range(2, 6)]
        try:
            for each in acts:
                each.result()
        finally:
            stop.set()
        for each in chores:
            each.result()
    counter.fund()
    with counter.sessions() as session:
        assert queries.differences(session) == []
        counted = select(ClaimFunding.state, func.count()).group_by(ClaimFunding.state)
        states = {state: count for state, count in session.execute(counted)}
    assert states == {"funded": 60, "released": 10, "waiting": 14}
    held = balances(counter)
    assert sum(available for available, _ in held.values()) == 0
    assert sum(reserved for _, reserved in held.values()) == 60 * EACH
