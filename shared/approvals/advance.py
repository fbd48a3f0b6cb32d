"""Moves a case on: the handler behind the workflow's only activity. Running it again at any
moment changes nothing that is already so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shared import audit
from shared.approvals.barring import (
    bar,
    finding_against,
    is_point_of_no_return,
    reason_of,
    refusal,
    refuses_in_vain,
)
from shared.approvals.deciders import lacks_a_decision
from shared.approvals.findings import evaluate_case
from shared.approvals.judging import Judgement, judge_silence
from shared.approvals.loading import latest_step, opinions_of, procedure_of
from shared.approvals.messages import CasePosition
from shared.approvals.model import Case, CaseStatus
from shared.approvals.noticing import tick_notice
from shared.approvals.office import CaseOffice
from shared.approvals.opening import escalate, escalate_task, open_step
from shared.approvals.outcomes import approve_case, follow, refuse_case
from shared.approvals.reservations import lapse_reservations
from shared.approvals.resuming import next_step
from shared.approvals.step_model import OBJECTION, OPEN_TASK, CaseStep, StepStatus, Task
from shared.kernel.actor import SYSTEM
from shared.kernel.ids import new_id
from shared.procedures import Procedure, Step


class FactsWanted(Exception):
    """The registries must be asked before the case goes on; `subject_ref` says about whom."""

    def __init__(self, subject_ref: str) -> None:
        super().__init__()
        self.subject_ref = subject_ref


def advance_case(
    session: Session,
    office: CaseOffice,
    case_id: str,
    *,
    asked: bool = False,
    external: Mapping[str, Any] | None = None,
) -> CasePosition:
    """Open the next step, act on a clock that has run out, or close the case; then say what is
    waited for. Raises FactsWanted for a case whose registries have not answered yet; `asked`
    says that they were just asked, and `external` is their answer, None where one was silent."""
    case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).one()
    if case.closed:
        return CasePosition(closed=True, outcome=case.status)
    if not asked and case.facts_fetched_at_utc is None:
        raise FactsWanted(case.subject_ref)
    procedure = procedure_of(session, office, case)
    if external is not None:
        evaluate_case(session, office, case, procedure, external)
    step = latest_step(session, case)
    while case.status == CaseStatus.IN_PROGRESS:
        if step is None or step.status != StepStatus.OPEN or case.resume_at is not None:
            step = _open_next(session, office, case, procedure, step)
            if step is None:
                break
            continue
        waiting = _tick(session, office, case, procedure, step)
        if waiting is not None:
            return waiting
    if case.closed:
        return CasePosition(closed=True, outcome=case.status)
    return CasePosition(closed=False)


def _open_next(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, ended: CaseStep | None
) -> CaseStep | None:
    """Open the step to resume at, or the first after the current one that applies; none left
    means that everyone has agreed, and the case is closed, unless a finding is not known or nobody
    decided."""
    passed_over, following = next_step(session, office, case, procedure)
    last_chance = following is None or is_point_of_no_return(following)
    if last_chance and (
        _barred(session, office, case, procedure, ended) or lacks_a_decision(session, office, case)
    ):
        return None
    if following is None and office.effects.lacks_for_approval(session, case, procedure):
        return None
    case.resume_at = None
    for step in passed_over:
        _skip(session, office, case, step)
    if following is not None:
        return open_step(session, office, case, procedure, following)
    approve_case(session, office, case, procedure)
    return None


def _barred(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, ended: CaseStep | None
) -> bool:
    """Before there is no way back: a failed finding refuses the case, an unknown one holds it until
    it is checked again. What several said in the step that ended may be a fact of the rules. Where
    money is on its way already, what was found since is for its recovery: the case goes on."""
    if office.effects.is_irrevocable(session, case):
        return False
    if ended is not None and ended.kind in ("opinions", "panel"):
        evaluate_case(session, office, case, procedure)
    found = finding_against(session, case)
    if found is not None and found.passed is False:
        refuse_case(session, office, case, procedure, reason_of(found), SYSTEM)
    return found is not None


def _skip(session: Session, office: CaseOffice, case: Case, step: Step) -> None:
    now = office.clock.now()
    session.add(
        CaseStep(
            id=new_id(),
            case_id=case.id,
            key=step.key,
            kind=step.kind,
            round=case.round,
            status=StepStatus.SKIPPED,
            opened_at_utc=now,
            completed_at_utc=now,
        )
    )


def _tick(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, opened: CaseStep
) -> CasePosition | None:
    """The position while the step waits; None when it has just ended, or the case closed."""
    step = procedure.step(opened.key)
    if step.kind == "notice":
        return _tick_notice(session, office, case, procedure, opened)
    now = office.clock.now()
    if opened.due_at_utc is None or opened.escalated_at_utc is not None:
        return CasePosition(closed=False)
    if now < opened.due_at_utc:
        return _wait_until(office, opened.due_at_utc)
    silence = _silence(session, office, case, procedure, opened)
    if silence is not None:
        _record(session, office, case, "step_silent", step, silence.outcome)
        follow(session, office, case, procedure, opened, silence, SYSTEM)
        return None
    lapse_reservations(session, office, case, opened.tasks)
    if step.late == "escalate":
        escalate(case, opened, step, now)
        case.touch(now)
        _record(session, office, case, "step_escalated", step, "late")
    else:
        opened.escalated_at_utc = now
        _record(session, office, case, "step_late", step, "late")
    return CasePosition(closed=False)


def _silence(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, opened: CaseStep
) -> Judgement | None:
    """What the silence means. None also where it would agree against a finding that is not known:
    then the step stays with its office, overdue."""
    step = procedure.step(opened.key)
    silence = judge_silence(step, opinions_of(session, opened))
    if silence is not None and refuses_in_vain(session, office, case, silence):
        return None
    if silence is None or step.kind in ("opinions", "panel"):
        return silence
    found = bar(session, office, case, procedure, step, silence)
    if found is None:
        return silence
    refused = refusal(found, silence.outcome)
    if found.passed is None or refuses_in_vain(session, office, case, refused):
        return None
    return refused


def _tick_notice(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, opened: CaseStep
) -> CasePosition | None:
    standing = tick_notice(session, office, case, opened)
    settled_by = _escalate_late_objections(session, office, case, procedure, opened)
    if standing.waits_until is not None or standing.objected:
        moments = [at for at in (standing.waits_until, settled_by) if at is not None]
        return _wait_until(office, min(moments)) if moments else CasePosition(closed=False)
    if standing.struck:
        reason = "公示期间异议成立 / an objection to the public notice was upheld"
        judgement = Judgement("reject", "objection_upheld", reason)
    else:
        judgement = Judgement("continue", "noticed")
        found = bar(session, office, case, procedure, procedure.step(opened.key), judgement)
        if found is not None and found.passed is None:
            return CasePosition(closed=False)
        judgement = judgement if found is None else refusal(found, "noticed")
    if refuses_in_vain(session, office, case, judgement):
        return CasePosition(closed=False)
    follow(session, office, case, procedure, opened, judgement, SYSTEM)
    return None


def _escalate_late_objections(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, opened: CaseStep
) -> datetime | None:
    """Each objection has its own day; once late, the next level up may settle it too. The next
    such day, None where none is to come."""
    step, now, ahead = procedure.step(opened.key), office.clock.now(), []
    unsettled = session.scalars(
        select(Task)
        .where(Task.step_id == opened.id, Task.kind == OBJECTION, Task.status.in_(OPEN_TASK))
        .options(selectinload(Task.candidates))
    )
    for task in unsettled:
        if task.due_at_utc is None or len(task.candidates) > 1:  # no day, or asked already
            continue
        if now < task.due_at_utc:
            ahead.append(task.due_at_utc)
        elif escalate_task(case, task, step):
            lapse_reservations(session, office, case, [task])
            case.touch(now)
            _record(session, office, case, "step_escalated", step, "late")
    return min(ahead, default=None)


def _wait_until(office: CaseOffice, at: datetime) -> CasePosition:
    # A second more than the clock says, so that the timer never fires a moment before it is due.
    return CasePosition(closed=False, wait_seconds=office.clock.wall_seconds_until(at) + 0.05)


def _record(
    session: Session, office: CaseOffice, case: Case, action: str, step: Step, outcome: str
) -> None:
    audit.record(
        session,
        at=office.clock.now(),
        actor=SYSTEM,
        action=action,
        case_id=case.id,
        facts={"step": step.key, "outcome": outcome},
    )
