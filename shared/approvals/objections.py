"""Objections to a notice, as tasks of the cases that they concern. Only those cases wait."""

from dataclasses import astuple, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shared import audit
from shared.approvals.jurisdiction import settler_of
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.opening import new_task
from shared.approvals.staffing import find_somebody
from shared.approvals.step_model import OBJECTION, CaseStep, Decision, StepStatus, Task
from shared.kernel.actor import SYSTEM, Actor
from shared.messaging import outbox
from shared.notices import objections as notices
from shared.notices.errors import LineNoLongerStands, NoticeEntryNotFound
from shared.notices.model import NoticeEntry, Objection
from shared.notices.objections import Complaint

OBJECTION_OUTCOMES = ("uphold", "dismiss")


@dataclass(frozen=True)
class LodgeObjection:
    """Against one line of a notice."""

    notice_id: str
    entry_id: str
    complaint: Complaint


def lodge_objection(session: Session, office: CaseOffice, command: LodgeObjection) -> Objection:
    """Keep the objection, suspend the line it concerns, and open a task to settle it."""
    entry = session.get(NoticeEntry, command.entry_id)
    if entry is None or entry.notice_id != command.notice_id:
        raise NoticeEntryNotFound()
    case = locked_case(session, entry.case_id)
    objection = notices.lodge_objection(
        session,
        command.entry_id,
        command.complaint,
        now=office.clock.now(),
        calendar=office.calendar,
    )
    opened = _step_of_notice(session, case, command.notice_id)
    _open_task(session, office, case, opened, objection)
    now = office.clock.now()
    case.touch(now)
    audit.record(
        session,
        at=now,
        actor=SYSTEM,
        action="objection_lodged",
        case_id=case.id,
        facts={
            "step": opened.key,
            "notice": command.notice_id,
            "objection": objection.id,
            "named": objection.named,
        },
    )
    outbox.signal_workflow(session, case_id=case.id)
    return objection


def settle_by_decision(
    session: Session, office: CaseOffice, case: Case, task: Task, decision: Decision, by: Actor
) -> None:
    """The decision on an objection's task settles the objection itself."""
    outcome = "upheld" if decision.outcome == "uphold" else "dismissed"
    entry = notices.settle_objection(
        session,
        task.seat.removeprefix(f"{OBJECTION}:"),
        outcome,
        decision.reason,
        now=office.clock.now(),
        by=by,
    )
    case.touch(office.clock.now())
    office.effects.objection_settled(session, case, entry.subject, outcome)


def _open_task(
    session: Session, office: CaseOffice, case: Case, opened: CaseStep, objection: Objection
) -> None:
    procedure = procedure_of(session, office, case)
    step = procedure.step(opened.key)
    task = new_task(
        case,
        opened,
        kind=OBJECTION,
        seat=f"{OBJECTION}:{objection.id}",
        may=OBJECTION_OUTCOMES,
        due=objection.due_at_utc,
    )
    task.opened_at_utc = office.clock.now()
    task.ask(*astuple(settler_of(case, step)))
    opened.tasks.append(task)
    find_somebody(session, office, case, procedure, step, [task])
    session.flush()


def _step_of_notice(session: Session, case: Case, notice_id: str) -> CaseStep:
    """Raises LineNoLongerStands where the case was taken back, or what it shows is decided anew."""
    found = session.scalars(
        select(CaseStep)
        .where(
            CaseStep.case_id == case.id,
            CaseStep.notice_id == notice_id,
            CaseStep.status == StepStatus.OPEN,
        )
        .options(selectinload(CaseStep.tasks))
    ).one_or_none()
    if found is None:
        raise LineNoLongerStands()
    return found
