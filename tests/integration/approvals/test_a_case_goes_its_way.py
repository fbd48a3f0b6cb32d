"""One case through every kind of step, on a real database."""

from datetime import date

import pytest

from shared.approvals import corrections
from shared.approvals.errors import (
    DecidedAnotherStep,
    FindingNotMet,
    NotYourTask,
    OwnCase,
    OwnUnit,
    QuorumNotReached,
    TaskTaken,
    VotesDoNotCarry,
)
from shared.approvals.model import CaseStatus
from shared.approvals.step_model import TaskStatus
from shared.approvals.timeline import timeline
from shared.kernel.clock import shanghai
from shared.kernel.errors import Errors
from tests.integration.approvals.conftest import officer, ref, staff

WORKER = staff("张伟", "worker")
ENTERPRISE = staff("李娜", "enterprise.officer")
UNION = officer("王芳", "union.reviewer")
TAX = officer("赵税", "department.tax")
EMERGENCY = officer("钱应急", "department.emergency")
EXPERTS = [officer(f"专家{n}", "expert") for n in (1, 2, 3)]
SECRETARY = officer("孙秘书", "union.secretary")
LEADER = officer("周主席", "union.leader")
POLICE = officer("吴环保", "department.environment")
VOTES = {
    "minutes_no": "会纪〔2024〕3号",
    "members": 9,
    "present": 7,
    "in_favour": 6,
    "against": 1,
    "abstain": 0,
}


def to_union(desk, procedure: str = "worker-honour") -> str:
    case_id = desk.submit(WORKER, procedure)
    desk.advance(case_id)
    desk.decide(ENTERPRISE, "confirm")
    return case_id


def to_notice(desk, procedure: str = "worker-honour") -> str:
    case_id = to_union(desk, procedure)
    desk.decide(UNION, "approve")
    desk.decide(TAX, "support")
    desk.decide(EMERGENCY, "support")
    for expert, score in zip(EXPERTS, (85, 90, "82.5"), strict=True):
        desk.decide(expert, "score", score=score)
    desk.decide(SECRETARY, "approve", **VOTES)
    return case_id


def test_a_case_passes_every_kind_of_step_and_is_approved(desk):
    case_id = to_notice(desk)
    position = desk.advance(case_id)
    assert not position.closed and position.wait_seconds > 0
    # five working days, the first one counted: Monday 4 March to Friday 8 March
    desk.clock.advance_to(shanghai(date(2024, 3, 8), 17))
    assert not desk.advance(case_id).closed
    desk.clock.advance_to(shanghai(date(2024, 3, 9)))
    assert not desk.advance(case_id).closed
    assert desk.decide(POLICE, "clear").outcome == "approved"
    with desk.sessions.begin() as session:
        entries = timeline(session, desk.office, case_id)
        actions = [entry.action for entry in entries]
    [minutes] = [entry.facts["minutes"] for entry in entries if "minutes" in entry.facts]
    assert minutes == VOTES
    assert actions[0] == "case_opened" and actions[-1] == "case_approved"
    assert actions.count("task_decided") == 9


def test_advancing_again_changes_nothing(desk):
    case_id = to_union(desk)
    before = [task.id for task in desk.tasks(UNION)]
    for _ in range(3):
        desk.advance(case_id)
    assert [task.id for task in desk.tasks(UNION)] == before and len(before) == 1


def test_nobody_decides_their_own_case(desk):
    both = staff("兼职", "enterprise.officer")
    case_id = desk.submit(both)
    desk.advance(case_id)
    assert desk.tasks(both) == []
    with pytest.raises(OwnCase):
        desk.decide(both, "confirm", task=desk.tasks(ENTERPRISE)[0])


def test_nobody_decides_two_steps_of_one_case(desk):
    case_id = desk.submit(WORKER)
    desk.advance(case_id)
    two_hats = type(UNION)(
        ENTERPRISE.person_ref, ENTERPRISE.name, ENTERPRISE.memberships + UNION.memberships
    )
    desk.decide(two_hats, "confirm")
    assert desk.tasks(two_hats) == []
    with pytest.raises(DecidedAnotherStep):
        desk.decide(two_hats, "approve", task=desk.tasks(UNION)[0])


def test_one_expert_takes_one_seat(desk):
    to_union(desk)
    desk.decide(UNION, "approve")
    desk.decide(TAX, "support")
    desk.decide(EMERGENCY, "support")
    assert len(desk.tasks(EXPERTS[0])) == 3
    second = desk.tasks(EXPERTS[0])[1]
    desk.decide(EXPERTS[0], "score", score=88)
    assert desk.tasks(EXPERTS[0]) == []
    with pytest.raises(DecidedAnotherStep):
        desk.decide(EXPERTS[0], "score", task=second, score=88)


@pytest.mark.parametrize(
    "stranger",
    [
        officer("外区", "union.reviewer", region="421281"),
        officer("市级", "union.reviewer", region="420300", level="city"),
        officer("别的职务", "bureau.officer"),
        staff("别的企业", "enterprise.officer", "91110000600037341L"),
        WORKER,
    ],
)
def test_nobody_outside_the_office_sees_or_takes_the_task(desk, stranger):
    to_union(desk)
    task = desk.tasks(UNION)[0]
    assert desk.tasks(stranger) == []
    with pytest.raises((NotYourTask, OwnCase)):
        desk.decide(stranger, "approve", task=task)


def test_two_reviewers_on_one_task_one_wins_and_the_other_is_told_who(desk):
    to_union(desk)
    task = desk.tasks(UNION)[0]
    desk.decide(UNION, "approve")
    with pytest.raises(TaskTaken) as told:
        desk.decide(officer("迟到", "union.reviewer"), "approve", task=task)
    assert UNION.name in told.value.text("zh")


def test_a_returned_case_comes_back_to_the_step_that_returned_it(desk):
    case_id = to_union(desk)
    desk.decide(UNION, "return", "工龄证明缺失")
    assert desk.case(case_id).status == CaseStatus.RETURNED
    desk.act(corrections.resubmit_case, case_id, {"years": 6}, WORKER)
    desk.advance(case_id)
    case = desk.case(case_id)
    assert (case.status, case.current_step, case.round) == ("in_progress", "union_reviews", 2)
    assert case.form["years"] == 6
    # the reviewer who returned it may decide the same step again
    desk.decide(UNION, "approve")
    assert desk.case(case_id).current_step == "departments_opine"


def test_a_step_that_may_refuse_cannot_approve_against_a_finding(desk):
    case_id = desk.submit(WORKER, years=2)
    desk.advance(case_id)
    desk.decide(ENTERPRISE, "confirm")
    with pytest.raises(FindingNotMet):
        desk.decide(UNION, "approve")
    assert desk.decide(UNION, "reject", "工龄不足三年").outcome == "refused"


def test_silence_of_the_enterprise_lets_the_case_go_on(desk):
    case_id = desk.submit(WORKER)
    position = desk.advance(case_id)
    assert position.wait_seconds is not None
    desk.clock.advance_to(shanghai(date(2024, 3, 7), 18, 1))
    desk.advance(case_id)
    assert desk.case(case_id).current_step == "union_reviews"


def test_a_late_office_is_joined_by_the_next_level_up(desk):
    to_union(desk)
    city = officer("市总", "union.reviewer", region="420300", level="city")
    assert desk.tasks(city) == []
    case_id = desk.tasks(UNION)[0].case_id
    desk.clock.advance_to(shanghai(date(2024, 3, 11)))
    desk.advance(case_id)
    assert len(desk.tasks(city)) == 1 and len(desk.tasks(UNION)) == 1
    desk.decide(city, "approve")
    assert desk.case(case_id).current_step == "departments_opine"


def test_one_department_against_does_what_the_document_says(desk):
    case_id = to_union(desk)
    desk.decide(UNION, "approve")
    desk.decide(TAX, "oppose", "欠税")
    assert desk.case(case_id).current_step == "departments_opine"
    desk.decide(EMERGENCY, "support")
    # the document leaves `opposed` at its default: a later step weighs it
    assert desk.case(case_id).current_step == "experts_score"


@pytest.mark.parametrize(
    ("votes", "error"),
    [
        ({"present": 5, "in_favour": 5, "against": 0}, QuorumNotReached),
        ({"present": 7, "in_favour": 3, "against": 4}, VotesDoNotCarry),
    ],
)
def test_minutes_that_do_not_carry_the_outcome_are_refused(desk, votes, error):
    to_union(desk)
    desk.decide(UNION, "approve")
    desk.decide(TAX, "support")
    desk.decide(EMERGENCY, "support")
    for expert in EXPERTS:
        desk.decide(expert, "score", score=90)
    with pytest.raises(error):
        desk.decide(SECRETARY, "approve", **{**VOTES, **votes})


def test_experts_below_the_pass_mark_end_the_case(desk):
    case_id = to_union(desk)
    desk.decide(UNION, "approve")
    desk.decide(TAX, "support")
    desk.decide(EMERGENCY, "support")
    for expert, score in zip(EXPERTS, (79, 80, 80), strict=True):
        desk.decide(expert, "score", score=score)
    assert desk.case(case_id).status == CaseStatus.REFUSED


def test_a_withdrawn_case_leaves_every_worklist(desk):
    case_id = to_union(desk)
    task = desk.tasks(UNION)[0]
    desk.act(corrections.withdraw_case, case_id, "本人放弃", WORKER)
    assert desk.advance(case_id).outcome == "withdrawn"
    assert desk.tasks(UNION) == []
    with desk.sessions.begin() as session:
        assert session.get_one(type(task), task.id).status == TaskStatus.CANCELLED


def test_a_form_with_several_faults_is_refused_with_all_of_them(desk):
    with pytest.raises(Errors) as refused:
        desk.submit(WORKER, employer="91421281MA4900001Y", years=None, phone="123")
    assert {error.field for error in refused.value.errors} == {"employer", "years", "phone"}


def test_an_expert_of_the_nominees_own_unit_stands_aside(desk):
    to_union(desk)
    desk.decide(UNION, "approve")
    desk.decide(TAX, "support")
    desk.decide(EMERGENCY, "support")
    seat = desk.tasks(EXPERTS[0])[0]
    colleague = type(WORKER)(
        ref("同单位专家"), "同单位专家", EXPERTS[0].memberships + WORKER.memberships
    )
    assert desk.tasks(colleague) == []
    with pytest.raises(OwnUnit):
        desk.decide(colleague, "score", task=seat, score=99)


def test_what_an_expert_wrote_is_hidden_until_the_panel_is_complete(desk):
    case_id = to_union(desk)
    desk.decide(UNION, "approve")
    desk.decide(TAX, "support")
    desk.decide(EMERGENCY, "support")

    def reasons() -> list[str | None]:
        with desk.sessions.begin() as session:
            entries = timeline(session, desk.office, case_id)
            return [each.reason for each in entries if "experts" in str(each.facts)]

    for expert in EXPERTS:
        assert not any(reasons())
        desk.decide(expert, "score", "技艺精湛", score=90)
    assert reasons() == ["技艺精湛"] * 3
