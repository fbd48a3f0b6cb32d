"""An expert turns out to have a conflict of interest after having scored (回避): the score is set
aside, its decision stays for ever, and somebody else scores."""

from dataclasses import astuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.errors import (
    CaseIrrevocable,
    NothingToSetAside,
    NotYoursToSetAside,
    ReasonRequired,
)
from shared.approvals.judging import outcomes_of
from shared.approvals.jurisdiction import asked_of, step_level
from shared.approvals.loading import latest_step, locked_task, procedure_of
from shared.approvals.model import Case, CasePerson, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.opening import new_task
from shared.approvals.separation import ensure_uninvolved
from shared.approvals.staffing import deciding_next, find_somebody
from shared.approvals.step_model import (
    OPEN_TASK,
    CaseStep,
    Decision,
    DecisionSetAside,
    StepStatus,
    Task,
)
from shared.kernel.actor import Actor
from shared.messaging import outbox
from shared.notices.collecting import leave
from shared.procedures import Procedure, Step

RECUSED = "recused"


def set_aside_score(
    session: Session, office: CaseOffice, task_id: str, reason: str, by: Actor
) -> Task:
    """By the office that decides next, which relies on the scores. While the panel still scores
    another seat is opened; once it is complete all of it scores anew, without the one who stands
    aside. Raises NothingToSetAside, NotYoursToSetAside, OwnCase, CaseNotOpen, CaseIrrevocable,
    ReasonRequired."""
    case, task = locked_task(session, task_id)
    procedure = procedure_of(session, office, case)
    step = procedure.step(task.step_key)
    _ensure_in_charge(session, case, procedure, step, by)
    if case.status != CaseStatus.IN_PROGRESS:
        raise case.not_open()
    if task.kind != "panel" or task.decision is None or _is_set_aside(session, task.decision):
        raise NothingToSetAside(task=task.id)
    if office.effects.is_irrevocable(session, case):
        raise CaseIrrevocable(case=case.id)
    if not reason.strip():
        raise ReasonRequired(outcome="set_aside")
    _keep(session, office, case, task, task.decision, reason.strip(), by)
    if task.step.status == StepStatus.OPEN:
        _open_another_seat(session, office, case, procedure, step, task)
    else:
        _score_anew(session, office, case, step)
    case.touch(office.clock.now())
    outbox.signal_workflow(session, case_id=case.id)
    return task


def _ensure_in_charge(
    session: Session, case: Case, procedure: Procedure, step: Step, by: Actor
) -> None:
    offices = deciding_next(case, procedure, step)
    held = {(m.role, m.region, m.level) for m in by.memberships}
    if not any((each.role, each.region, each.level) in held for each in offices):
        raise NotYoursToSetAside(office=sorted({each.role for each in offices}))
    ensure_uninvolved(session, [case.id], by)


def _is_set_aside(session: Session, decision: Decision) -> bool:
    return session.get(DecisionSetAside, decision.id) is not None


def _keep(
    session: Session,
    office: CaseOffice,
    case: Case,
    task: Task,
    decision: Decision,
    reason: str,
    by: Actor,
) -> None:
    now = office.clock.now()
    session.add(
        DecisionSetAside(
            decision_id=decision.id,
            case_id=case.id,
            reason=reason,
            set_aside_by=by.person_ref,
            set_aside_by_name=by.name,
            set_aside_at_utc=now,
        )
    )
    session.execute(
        insert(CasePerson)
        .values(case_id=case.id, person_ref=decision.decided_by, part=RECUSED)
        .on_conflict_do_nothing()
    )
    audit.record(
        session,
        at=now,
        actor=by,
        action="score_set_aside",
        case_id=case.id,
        facts={"task": task.id, "step": task.step_key, "from": decision.decided_by_name},
        reason=reason,
    )
    session.flush()


def _open_another_seat(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    step: Step,
    task: Task,
) -> None:
    opened = task.step
    taken = session.scalar(select(func.count()).select_from(Task).where(Task.step_id == opened.id))
    seat = f"expert-{(taken or 0) + 1}"
    another = new_task(
        case, opened, kind="panel", seat=seat, may=outcomes_of(step), due=opened.due_at_utc
    )
    another.opened_at_utc = office.clock.now()
    for role in step.by:
        another.ask(*astuple(asked_of(case, role, step_level(step, role), step.of)))
    opened.tasks.append(another)
    find_somebody(session, office, case, procedure, step, [another])


def _score_anew(session: Session, office: CaseOffice, case: Case, step: Step) -> None:
    """The case goes back to the panel; what is open in it ends, and what a notice showed stays."""
    now = office.clock.now()
    opened = latest_step(session, case)
    if opened is not None and opened.status == StepStatus.OPEN:
        _close(session, case, opened, office)
    case.go_back(now, step.key)


def _close(session: Session, case: Case, opened: CaseStep, office: CaseOffice) -> None:
    now = office.clock.now()
    opened.cancel(now)
    for task in opened.tasks:
        if task.status in OPEN_TASK:
            task.cancel(now)
    if opened.notice_id is not None:
        leave(session, opened.notice_id, case.id)
