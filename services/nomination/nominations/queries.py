"""What the case page and the rules read of a nomination: opinions, scores, merits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.nomination.nominations.rules import DepartmentOpinion
from shared.approvals.judging import SCORED
from shared.approvals.loading import is_set_aside
from shared.approvals.step_model import CaseStep, Decision, StepStatus
from shared.kernel.clock import shanghai_date
from shared.procedures import Procedure


@dataclass(frozen=True)
class Score:
    """What one expert gave, kept for ever, shown once the panel is complete."""

    step_key: str
    seat: str
    expert: str
    score: str
    comment: str


def panel_scores(session: Session, case_id: str) -> list[Score]:
    """The scores of panels that are complete, each expert's own; none while one still scores,
    so that no expert is led by another."""
    statement = (
        select(Decision)
        .join(CaseStep, CaseStep.id == Decision.step_id)
        .where(
            CaseStep.case_id == case_id,
            CaseStep.kind == "panel",
            CaseStep.status == StepStatus.COMPLETED,
            ~is_set_aside(),
        )
        .order_by(CaseStep.round.desc(), Decision.step_key, Decision.seat)
    )
    return [
        Score(
            each.step_key,
            each.seat,
            each.decided_by_name,
            str(each.data.get("score")),
            each.reason,
        )
        for each in session.scalars(statement)
    ]


def decided_score(session: Session, case_id: str) -> str | None:
    """By which the panel that was completed last was decided, two decimals: as its document
    combines the experts' scores (a mean, or a trimmed mean)."""
    outcome = session.scalars(
        select(CaseStep.outcome)
        .where(
            CaseStep.case_id == case_id,
            CaseStep.kind == "panel",
            CaseStep.status == StepStatus.COMPLETED,
        )
        .order_by(CaseStep.round.desc(), CaseStep.completed_at_utc.desc())
        .limit(1)
    ).first()
    if outcome is None or not outcome.startswith(SCORED):
        return None
    return outcome.removeprefix(SCORED)


def opinions_are_in(session: Session, case_id: str, procedure: Procedure) -> bool:
    """Whether every opinions step of the procedure has ended; false where it has none."""
    keys = {step.key for step in procedure.steps if step.kind == "opinions"}
    if not keys:
        return False
    ended = select(CaseStep.key).where(
        CaseStep.case_id == case_id,
        CaseStep.kind == "opinions",
        CaseStep.status.in_((StepStatus.COMPLETED, StepStatus.SKIPPED)),
    )
    return keys <= set(session.scalars(ended))


def department_opinions(session: Session, case_id: str) -> list[DepartmentOpinion]:
    """The last word of each office; a later round takes the place of an earlier one."""
    statement = (
        select(Decision)
        .join(CaseStep, CaseStep.id == Decision.step_id)
        .where(CaseStep.case_id == case_id, CaseStep.kind == "opinions")
        .order_by(CaseStep.round, Decision.decided_at_utc, Decision.id)
    )
    last = {(each.step_key, each.seat): each for each in session.scalars(statement)}
    return [_opinion(each) for each in last.values()]


def _opinion(decision: Decision) -> DepartmentOpinion:
    named: Any = decision.data.get("vetoes") or ()
    return DepartmentOpinion(
        office=decision.role,
        outcome=decision.outcome,
        kinds=tuple(str(each) for each in named) if isinstance(named, list | tuple) else (),
        given_on=shanghai_date(decision.decided_at_utc).isoformat(),
    )
