"""An objection suspends whom it concerns, for as long as it is open, and nobody else."""

from datetime import date, timedelta

import pytest

from shared.approvals import corrections
from shared.approvals.errors import TaskTaken
from shared.approvals.model import CaseStatus
from shared.approvals.objections import LodgeObjection, lodge_objection
from shared.approvals.office import PlainEffects
from shared.approvals.queries import steps_of
from shared.approvals.step_model import Task
from shared.kernel.clock import shanghai
from shared.notices.errors import LineNoLongerStands, ObjectionsClosed
from shared.notices.model import NoticeRow
from shared.notices.objections import Complaint
from shared.notices.queries import entry_states
from tests.integration.approvals.conftest import officer, ref, staff
from tests.integration.approvals.test_a_case_goes_its_way import LEADER, POLICE, to_notice

AFTER = shanghai(date(2024, 3, 9))
COMPLAINT = Complaint(grounds="工龄造假", name="刘一", contact="13900001234")


def notice_of(desk, case_id: str) -> str:
    with desk.sessions.begin() as session:
        return next(s.notice_id for s in steps_of(session, case_id) if s.key == "public_notice")


def object_to(desk, case_id: str, line: int = 0) -> None:
    notice_id = notice_of(desk, case_id)
    with desk.sessions.begin() as session:
        entry = entry_states(session, notice_id, case_id)[line].entry_id
        lodge_objection(session, desk.office, LodgeObjection(notice_id, entry, COMPLAINT))


def test_a_case_with_an_open_objection_waits_after_the_notice_has_ended(desk):
    case_id = to_notice(desk)
    object_to(desk, case_id)
    desk.clock.advance_to(AFTER)
    position = desk.advance(case_id)
    assert position.closed is False and position.wait_seconds > 0  # until it is late
    desk.decide(LEADER, "dismiss", "查无实据")
    assert desk.case(case_id).current_step == "police_check"


def test_an_upheld_objection_refuses_the_case(desk):
    case_id = to_notice(desk)
    object_to(desk, case_id)
    desk.decide(LEADER, "uphold", "经查属实")
    desk.clock.advance_to(AFTER)
    assert desk.advance(case_id).outcome == CaseStatus.REFUSED


def test_an_objection_after_the_notice_is_refused(desk):
    case_id = to_notice(desk)
    desk.clock.advance_to(AFTER)
    with pytest.raises(ObjectionsClosed):
        object_to(desk, case_id)


def test_who_decided_a_step_cannot_settle_the_objection(desk):
    case_id = to_notice(desk)
    object_to(desk, case_id)
    both = type(LEADER)(ref("王芳"), "王芳", LEADER.memberships)
    assert desk.tasks(both) == []


def test_one_person_settles_every_objection_to_one_notice(desk):
    case_id = to_notice(desk)
    for _ in range(3):
        object_to(desk, case_id)
    desk.clock.advance_to(AFTER)
    desk.advance(case_id)
    for left in (2, 1, 0):
        desk.decide(LEADER, "dismiss", "查无实据")
        assert len(desk.tasks(LEADER)) == left
    assert desk.case(case_id).current_step == "police_check"


def test_who_decides_a_task_again_is_told_that_it_is_done(desk):
    case_id = to_notice(desk)
    object_to(desk, case_id)
    [task] = desk.tasks(LEADER)
    desk.decide(LEADER, "dismiss", "查无实据", task)
    with pytest.raises(TaskTaken):
        desk.decide(LEADER, "dismiss", "查无实据", task)


def test_an_objection_that_is_late_may_be_settled_a_level_higher_too(desk):
    case_id = to_notice(desk)
    object_to(desk, case_id)
    city = officer("市总主席", "union.leader", level="city", region="420300")
    desk.clock.advance_to(AFTER)
    position = desk.advance(case_id)
    assert desk.tasks(city) == []
    desk.clock.advance(timedelta(seconds=position.wait_seconds))
    assert desk.advance(case_id).wait_seconds is None
    desk.advance(case_id)  # asked once, however often it is looked at
    [task] = desk.tasks(city)
    with desk.sessions() as session:
        levels = [each.level for each in session.get_one(Task, task.id).candidates]
    assert levels == ["county", "city"]
    desk.decide(city, "dismiss", "查无实据")
    assert desk.case(case_id).current_step == "police_check"


class Roster(PlainEffects):
    """A case about three people at once."""

    settled: tuple[str, str] | None = None

    def notice_rows(self, session, case, procedure, step):
        return [NoticeRow(f"person-{n}", {"name": f"工人{n}"}) for n in range(3)]

    def objection_settled(self, session, case, subject, outcome):
        self.settled = (subject, outcome)


def test_one_line_of_many_under_objection_does_not_hold_the_others(make_desk):
    roster = Roster()
    desk = make_desk(roster)
    case_id = to_notice(desk)
    object_to(desk, case_id, line=1)
    desk.clock.advance_to(AFTER)
    desk.advance(case_id)
    assert desk.case(case_id).current_step == "police_check"
    assert desk.decide(POLICE, "clear").outcome == "approved"
    # the objection is settled after the case has closed; the service hears of it
    settler = officer("另一位主席", "union.leader")
    desk.decide(settler, "dismiss", "查无实据")
    assert roster.settled == ("person-1", "dismissed")


def test_nobody_is_asked_about_a_case_that_was_withdrawn(desk):
    case_id = to_notice(desk)
    object_to(desk, case_id)
    desk.act(corrections.withdraw_case, case_id, "放弃", staff("张伟", "worker"))
    assert desk.tasks(LEADER) == []


def test_an_objection_to_what_was_taken_back_is_told_so(desk):
    case_id = to_notice(desk)
    desk.act(corrections.withdraw_case, case_id, "放弃", staff("张伟", "worker"))
    with pytest.raises(LineNoLongerStands):
        object_to(desk, case_id)
