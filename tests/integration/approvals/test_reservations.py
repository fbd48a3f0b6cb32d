"""A reservation is a courtesy and never a lock; a task that is over says what happened."""

from datetime import timedelta

import pytest

from shared.approvals import corrections
from shared.approvals.decisions import DecideTask, decide_task
from shared.approvals.endings import state_of
from shared.approvals.errors import (
    CaseNotOpen,
    NothingReserved,
    NotYourTask,
    TaskGone,
    TaskReserved,
    TaskTaken,
)
from shared.approvals.model import Case
from shared.approvals.reservations import acts_on, claim_task, release_task, take_over_task
from shared.approvals.step_model import Task
from shared.approvals.timeline import timeline
from shared.kernel.words import WORDS
from tests.integration.approvals.conftest import officer, staff
from tests.integration.approvals.test_a_case_goes_its_way import ENTERPRISE, UNION, WORKER, to_union

LEFT = officer("何离任", "union.reviewer")
COLLEAGUE = officer("同事", "union.reviewer")


def reserved_by_who_left(desk) -> tuple[str, str]:
    case_id = to_union(desk)
    [task] = desk.tasks(LEFT)
    desk.act(claim_task, task.id, LEFT)
    return case_id, task.id


def entries(desk, case_id: str, action: str):
    with desk.sessions() as session:
        return [each for each in timeline(session, desk.office, case_id) if each.action == action]


def test_a_colleague_is_told_who_has_a_task_and_takes_it_over(desk):
    case_id, task_id = reserved_by_who_left(desk)
    for act in (
        lambda: desk.act(claim_task, task_id, COLLEAGUE),
        lambda: desk.act(release_task, task_id, COLLEAGUE),
        lambda: desk.act(decide_task, DecideTask(task_id, "approve"), COLLEAGUE),
    ):
        with pytest.raises(TaskReserved) as told:
            act()
        assert LEFT.name in told.value.text("zh") and told.value.remedy("en")
    assert acts_on(desk.tasks(COLLEAGUE)[0], COLLEAGUE) == ["take_over"]

    desk.act(take_over_task, task_id, COLLEAGUE)

    assert acts_on(desk.tasks(COLLEAGUE)[0], COLLEAGUE) == ["release", "decide"]
    [entry] = entries(desk, case_id, "task_taken_over")
    assert LEFT.name in entry.says.zh and COLLEAGUE.name in entry.says.en
    desk.act(decide_task, DecideTask(task_id, "approve"), COLLEAGUE)


def test_nobody_without_the_right_takes_a_task_over(desk):
    _, task_id = reserved_by_who_left(desk)
    with pytest.raises(NotYourTask):
        desk.act(take_over_task, task_id, staff("别人", "enterprise.officer"))


def test_a_reservation_lapses_where_the_step_is_late(desk):
    case_id, task_id = reserved_by_who_left(desk)
    desk.clock.advance(timedelta(days=10))
    desk.advance(case_id)
    [task] = desk.tasks(COLLEAGUE)
    assert (task.id, task.status, task.reserved_by_name) == (task_id, "ready", None)
    [entry] = entries(desk, case_id, "reservation_lapsed")
    assert LEFT.name in entry.says.zh


def test_a_task_that_nobody_has_reserved_is_not_released(desk):
    to_union(desk)
    with pytest.raises(NothingReserved):
        desk.act(release_task, desk.tasks(UNION)[0].id, UNION)


def test_a_task_of_a_withdrawn_case_says_what_happened_when_and_by_whom(desk):
    case_id = to_union(desk)
    [task] = desk.tasks(UNION)
    desk.act(corrections.withdraw_case, case_id, "不再申请", WORKER)

    for act in (
        lambda: desk.act(decide_task, DecideTask(task.id, "approve"), UNION),
        lambda: desk.act(claim_task, task.id, UNION),
        lambda: desk.act(take_over_task, task.id, UNION),
    ):
        with pytest.raises(TaskGone) as told:
            act()
        said = told.value.text("zh")
        assert WORKER.name in said and "已撤回" in said and "2024-03-04" in said
    assert told.value.status == 410
    with pytest.raises(CaseNotOpen) as closed:
        desk.act(corrections.withdraw_case, case_id, "再次", WORKER)
    assert "2024-03-04" in closed.value.text("en") and "Withdrawn" in closed.value.text("en")


def test_a_task_whose_step_went_on_without_it_says_so(desk):
    case_id = desk.submit(WORKER)
    desk.advance(case_id)
    [task] = desk.tasks(ENTERPRISE)
    desk.clock.advance(timedelta(days=10))
    desk.advance(case_id)
    with pytest.raises(TaskGone) as told:
        desk.act(decide_task, DecideTask(task.id, "confirm"), ENTERPRISE)
    assert "逾期未答复" in told.value.text("zh") and "No answer" in told.value.text("en")


def test_every_state_of_a_task_has_its_words(desk):
    case_id, task_id = reserved_by_who_left(desk)

    def said():
        with desk.sessions() as session:
            task = session.get_one(Task, task_id)
            assert task.status in WORDS
            return state_of(session, session.get_one(Case, case_id), task)

    assert "领取" in said().zh and "Reserved" in said().en
    desk.act(release_task, task_id, LEFT)
    assert said() is None
    desk.act(decide_task, DecideTask(task_id, "approve"), LEFT)
    assert LEFT.name in said().en
    with pytest.raises(TaskTaken):
        desk.act(take_over_task, task_id, COLLEAGUE)
