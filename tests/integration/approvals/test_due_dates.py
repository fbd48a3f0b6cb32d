"""A due date past the announced holidays is provisional, and computed again when they come."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from shared.approvals.due_dates import settle_due_dates
from shared.approvals.queries import steps_of
from shared.approvals.step_model import TaskCandidate
from shared.calendar import Overrides
from shared.kernel.clock import ManualClock, shanghai
from shared.messaging.tables import OutboxRow
from tests.integration.approvals.conftest import Desk, staff
from tests.integration.approvals.test_a_case_goes_its_way import WORKER

OFFICER = staff("赵六", "enterprise.officer")
EVE = shanghai(date(2026, 12, 31), 9)  # the table of 2027 is not built in
GUESSED, MENDED = shanghai(date(2027, 1, 6), 18), shanghai(date(2027, 1, 4), 18)
MADE_UP = {date(2027, 1, 2): True, date(2027, 1, 3): True, date(2027, 1, 1): False}


@pytest.fixture
def late_desk(desk: Desk) -> Desk:
    clock = ManualClock(EVE)
    office = replace(desk.office, clock=clock)
    office.effects.office = office
    return Desk(desk.sessions, office, clock)


def open_case(desk: Desk) -> str:
    case_id = desk.submit(WORKER)
    desk.advance(case_id)
    return case_id


def due_of(desk: Desk, case_id: str) -> tuple[object, ...]:
    with desk.sessions() as session:
        (opened,) = steps_of(session, case_id)
        (task,) = opened.tasks
        candidate = session.scalars(select(TaskCandidate)).one()
        return opened.due_provisional, opened.due_at_utc, task.due_at_utc, candidate.due_at_utc


def signals(desk: Desk) -> int:
    with desk.sessions() as session:
        return len(session.scalars(select(OutboxRow).where(OutboxRow.kind == "signal")).all())


def test_steps_tasks_and_worklists_follow_the_table_when_it_arrives(late_desk: Desk) -> None:
    case_id = open_case(late_desk)
    assert due_of(late_desk, case_id) == (True, GUESSED, GUESSED, GUESSED)
    before = signals(late_desk)

    assert late_desk.act(settle_due_dates) == 0  # nothing arrived yet
    assert signals(late_desk) == before

    late_desk.office.calendar.override(Overrides(MADE_UP, frozenset({2027})))
    assert late_desk.act(settle_due_dates) == 1
    assert due_of(late_desk, case_id) == (False, MENDED, MENDED, MENDED)
    assert signals(late_desk) == before + 1
    assert late_desk.act(settle_due_dates) == 0
