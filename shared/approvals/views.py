"""Cases and tasks as people see them: titles from the procedure, offices with their telephone,
personal data masked. The JSON API and the pages show the same."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shared.approvals.loading import procedure_of
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.queries import WorklistRow, due_or_none, steps_of
from shared.approvals.reservations import acts_on
from shared.approvals.step_model import CaseStep, Task
from shared.approvals.waiting import Contact, Waiting, waiting_of
from shared.kernel.actor import Actor
from shared.kernel.bank_account import mask_account
from shared.kernel.identity_number import mask_identity_number
from shared.kernel.phone import mask_phone
from shared.kernel.text import Text
from shared.procedures import Procedure, Step

MASKS: dict[str, Callable[[str], str]] = {
    "identity_number": mask_identity_number,
    "bank_account": mask_account,
    "phone": mask_phone,
}
HIDDEN = "＊＊＊"


def text_view(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def case_view(
    session: Session, office: CaseOffice, case: Case, *, opened_now: bool = False
) -> dict[str, Any]:
    """`opened_now`: by this very request, so that no step of it can have begun."""
    procedure = procedure_of(session, office, case)
    steps = [] if opened_now else steps_of(session, case.id)
    waiting = waiting_of(session, office, case, procedure, steps)
    columns = (
        "id",
        "procedure",
        "procedure_version",
        "status",
        "applicant_name",
        "subject_name",
        "employer",
        "region",
        "form",
        "amount_fen",
        "outcome_reason",
        "opened_at_utc",
        "submitted_at_utc",
        "closed_at_utc",
        "version",
    )
    return {
        **{name: getattr(case, name) for name in columns},
        "title": text_view(procedure.title),
        "personal": masked(procedure, case.personal or {}),
        "waiting": waiting_view(waiting),
        "steps": chain_view(procedure, steps),
    }


def case_row_view(session: Session, office: CaseOffice, case: Case) -> dict[str, Any]:
    columns = (
        "id",
        "procedure",
        "procedure_version",
        "status",
        "subject_name",
        "region",
        "current_step",
        "amount_fen",
        "opened_at_utc",
        "closed_at_utc",
        "version",
    )
    title = text_view(procedure_of(session, office, case).title)
    return {**{name: getattr(case, name) for name in columns}, "title": title}


def masked(procedure: Procedure, personal: dict[str, Any]) -> dict[str, str]:
    types = {field.name: field.type for field in procedure.form}
    return {
        name: MASKS[types[name]](str(value)) if types.get(name) in MASKS else HIDDEN
        for name, value in personal.items()
    }


def waiting_view(waiting: Waiting | None) -> dict[str, Any] | None:
    if waiting is None:
        return None
    return {
        "step": waiting.step,
        "kind": waiting.kind,
        "title": text_view(waiting.title),
        "says": text_view(waiting.says) if waiting.says else None,
        "opened_at_utc": waiting.opened_at_utc,
        "due_at_utc": waiting.due_at_utc,
        "due_provisional": waiting.due_provisional,
        "offices": [contact_view(each) for each in waiting.offices],
    }


def contact_view(contact: Contact) -> dict[str, Any]:
    asked = contact.asked
    return {
        "role": asked.role,
        "organisation": asked.organisation,
        "region": asked.region,
        "level": asked.level,
        "name": text_view(contact.name) if contact.name else None,
        "telephone": contact.telephone,
    }


def chain_view(procedure: Procedure, steps: Sequence[CaseStep]) -> list[dict[str, Any]]:
    """Every step of the procedure in order, those ahead among them, each in its latest round."""
    latest = {step.key: step for step in steps}
    return [_chain_step(step, latest.get(step.key)) for step in procedure.steps]


def _chain_step(step: Step, opened: CaseStep | None) -> dict[str, Any]:
    return {
        "key": step.key,
        "kind": step.kind,
        "title": text_view(step.title),
        "status": str(opened.status) if opened else "ahead",
        "outcome": opened.outcome if opened else None,
        "round": opened.round if opened else None,
        "due_at_utc": opened.due_at_utc if opened else None,
        "notice_id": opened.notice_id if opened else None,
    }


def worklist_view(
    session: Session, office: CaseOffice, row: WorklistRow, actor: Actor
) -> dict[str, Any]:
    due = due_or_none(row.due_at_utc)
    view = task_view(session, office, row.task, row.case, due)
    return {**view, "acts": acts_on(row.task, actor)}


def task_view(
    session: Session, office: CaseOffice, task: Task, case: Case, due: datetime | None
) -> dict[str, Any]:
    procedure = procedure_of(session, office, case)
    return {
        "id": task.id,
        "service": office.service,
        "case_id": task.case_id,
        "step": task.step_key,
        "title": text_view(procedure.step(task.step_key).title),
        "procedure_title": text_view(procedure.title),
        "kind": task.kind,
        "seat": task.seat,
        "may": task.may,
        "status": str(task.status),
        "subject_name": case.subject_name,
        "reserved_by_name": task.reserved_by_name,
        "opened_at_utc": task.opened_at_utc,
        "due_at_utc": due,
        "overdue": due is not None and due < office.clock.now(),
        "version": task.version,
    }
