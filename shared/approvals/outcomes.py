"""What follows from a judgement: the next step, a return, a refusal, the case's end. Every way
out of a case goes through here, so that each ends once and says so once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from shared import audit
from shared.approvals.errors import CaseIrrevocable
from shared.approvals.judging import Judgement
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.step_model import OPEN_TASK, CaseStep, Task
from shared.contracts.events import make_event
from shared.kernel.actor import SYSTEM, Actor
from shared.messaging import outbox
from shared.procedures import Procedure


def follow(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    opened: CaseStep,
    judgement: Judgement,
    by: Actor,
) -> None:
    """End the step as judged. The caller sends the signal, if it is not the workflow itself."""
    now = office.clock.now()
    opened.complete(now, judgement.outcome)
    if judgement.follows == "return":
        case.return_for_correction(now, opened.key, judgement.reason)
        return
    if judgement.follows == "reject":
        refuse_case(session, office, case, procedure, judgement.reason, by)
        return
    case.touch(now)


def approve_case(session: Session, office: CaseOffice, case: Case, procedure: Procedure) -> None:
    case.approve(office.clock.now())
    _close(session, office, case, procedure, SYSTEM)


def refuse_case(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    reason: str,
    by: Actor,
) -> None:
    """Raises CaseIrrevocable."""
    _ensure_revocable(session, office, case)
    case.refuse(office.clock.now(), reason)
    _close(session, office, case, procedure, by)


def withdraw_case(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    reason: str,
    by: Actor,
) -> None:
    """Raises CaseIrrevocable."""
    _ensure_revocable(session, office, case)
    case.withdraw(office.clock.now(), reason)
    _close(session, office, case, procedure, by)


def _ensure_revocable(session: Session, office: CaseOffice, case: Case) -> None:
    if office.effects.is_irrevocable(session, case):
        raise CaseIrrevocable(case=case.id)


def _close(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, by: Actor
) -> None:
    audit.record(
        session,
        at=office.clock.now(),
        actor=by,
        action=f"case_{case.status}",
        case_id=case.id,
        facts={"step": case.current_step},
        reason=case.outcome_reason,
    )
    if case.status != CaseStatus.APPROVED:
        _cancel_open_tasks(session, case, office.clock.now())
    office.effects.closed(session, case, procedure)
    event = make_event(
        f"{office.service}.case_closed.v1",
        subject=case.id,
        data={**case_data(case), "outcome": str(case.status)},
        at=office.clock.now(),
    )
    outbox.publish(session, event, case_id=case.id)


def _cancel_open_tasks(session: Session, case: Case, now: datetime) -> None:
    """Nobody is asked about a case that has failed, its objections included."""
    for task in session.scalars(
        select(Task)
        .where(Task.case_id == case.id, Task.status.in_(OPEN_TASK))
        .options(selectinload(Task.candidates))
    ):
        task.cancel(now)


def case_data(case: Case) -> dict[str, str]:
    return {
        "case_id": case.id,
        "procedure": case.procedure,
        "procedure_version": case.procedure_version,
        "person_ref": case.subject_ref,
        "region": case.region,
    }


def signal_cases(session: Session, office: CaseOffice, case_ids: Iterable[str]) -> None:
    """Tell the workflows of many cases that something was committed for them: one UPDATE bumps
    every version (decision 1), one INSERT writes every signal."""
    ids = sorted(case_ids)
    session.execute(
        update(Case)
        .where(Case.id.in_(ids))
        .values(version=Case.version + 1, changed_at_utc=office.clock.now())
        .execution_options(synchronize_session=False)
    )
    outbox.signal_workflow_many(session, [(case_id, outbox.CASE_CHANGED) for case_id in ids])
