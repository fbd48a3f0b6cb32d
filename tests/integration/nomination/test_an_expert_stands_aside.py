"""An expert with a conflict of interest that comes out after the score: the score no longer counts,
the decision stays, and somebody else scores."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from services.nomination.nominations.queries import decided_score, panel_scores
from shared.approvals.errors import (
    CaseNotOpen,
    NothingToSetAside,
    NotYoursToSetAside,
    OwnCase,
    ReasonRequired,
)
from shared.approvals.recusal import set_aside_score
from shared.approvals.step_model import DecisionSetAside, Task
from shared.audit.model import AuditEntry
from shared.kernel.actor import Actor
from tests.integration.nomination.conftest import (
    EXPERTS,
    LEADER,
    REVIEWER,
    Nomination,
    of_district,
)

FOURTH = of_district("expert 4", "expert")


def scored_by(nomination: Nomination, case_id: str, expert: Actor) -> str:
    with nomination.sessions() as session:
        tasks = session.scalars(
            select(Task).where(Task.case_id == case_id, Task.kind == "panel").order_by(Task.id)
        ).all()
        return next(
            each.id
            for each in tasks
            if each.decision is not None and each.decision.decided_by == expert.person_ref
        )


def set_aside(
    nomination: Nomination,
    case_id: str,
    expert: Actor,
    by: Actor = LEADER,
    reason: str = "与被推荐人系师徒",
) -> None:
    task_id = scored_by(nomination, case_id, expert)
    with nomination.sessions.begin() as session:
        set_aside_score(session, nomination.office, task_id, reason, by)
    nomination.advance(case_id)


@pytest.fixture
def case_id(nomination: Nomination) -> str:
    nomination.win_a_competition()
    return nomination.up_to_the_experts()


def score(nomination: Nomination, case_id: str, expert: Actor, value: float) -> None:
    nomination.decide(case_id, expert, "score", {"score": value})


def test_while_the_panel_scores_another_expert_takes_a_seat(
    nomination: Nomination, case_id: str
) -> None:
    score(nomination, case_id, EXPERTS[0], 99)
    score(nomination, case_id, EXPERTS[1], 82)
    set_aside(nomination, case_id, EXPERTS[0])
    score(nomination, case_id, EXPERTS[2], 84)
    assert nomination.case(case_id).current_step == "experts"
    with pytest.raises(OwnCase):
        score(nomination, case_id, EXPERTS[0], 99)
    score(nomination, case_id, FOURTH, 86)
    assert nomination.case(case_id).current_step != "experts"
    with nomination.sessions() as session:
        assert decided_score(session, case_id) == "84.00"
        assert sorted(each.score for each in panel_scores(session, case_id)) == ["82", "84", "86"]


def test_a_complete_panel_scores_anew_without_who_stands_aside(
    nomination: Nomination, case_id: str
) -> None:
    nomination.score(case_id, 99, 82, 84)
    later = nomination.case(case_id).current_step
    assert later != "experts"
    set_aside(nomination, case_id, EXPERTS[0])
    case = nomination.case(case_id)
    assert (case.current_step, case.status, case.round) == ("experts", "in_progress", 2)
    with pytest.raises(OwnCase):
        score(nomination, case_id, EXPERTS[0], 99)
    for expert, value in ((EXPERTS[1], 82), (EXPERTS[2], 84), (FOURTH, 86)):
        score(nomination, case_id, expert, value)
    assert nomination.case(case_id).current_step == later
    with nomination.sessions() as session:
        assert decided_score(session, case_id) == "84.00"


def test_only_the_office_that_decides_next_sets_a_score_aside_once_and_says_why(
    nomination: Nomination, case_id: str
) -> None:
    score(nomination, case_id, EXPERTS[0], 99)
    for other in (REVIEWER, EXPERTS[1]):
        with pytest.raises(NotYoursToSetAside):
            set_aside(nomination, case_id, EXPERTS[0], other)
    with pytest.raises(ReasonRequired):
        set_aside(nomination, case_id, EXPERTS[0], reason=" ")
    set_aside(nomination, case_id, EXPERTS[0])
    with pytest.raises(NothingToSetAside):
        set_aside(nomination, case_id, EXPERTS[0])
    with nomination.sessions() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "score_set_aside"))
        assert (entry.actor_name, entry.facts["from"]) == (LEADER.name, EXPERTS[0].name)
    with pytest.raises(IntegrityError), nomination.sessions.begin() as session:
        session.execute(delete(DecisionSetAside))


def test_what_has_ended_stays_as_it_was_decided(nomination: Nomination) -> None:
    nomination.win_a_competition()
    case_id = nomination.to_the_end()
    with pytest.raises(CaseNotOpen):
        set_aside(nomination, case_id, EXPERTS[0], of_district("另一位", "union.leader"))
