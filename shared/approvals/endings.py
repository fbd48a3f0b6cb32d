"""Why a task or a case is over: what happened, when and by whom. Changes nothing."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.approvals.errors import TaskGone, TaskTaken
from shared.approvals.model import Case
from shared.approvals.step_model import StepStatus, Task, TaskStatus
from shared.audit.model import AuditEntry
from shared.kernel.clock import shanghai_date
from shared.kernel.text import Text
from shared.kernel.words import called


def ensure_wanted(session: Session, case: Case, task: Task) -> None:
    """Raises TaskTaken where somebody has decided it, TaskGone where nobody needs to."""
    if task.status == TaskStatus.COMPLETED:
        raise TaskTaken(by=task.holder)
    if task.status == TaskStatus.CANCELLED:
        raise TaskGone(task=task.id, why=why_cancelled(session, case, task))


def why_cancelled(session: Session, case: Case, task: Task) -> Text:
    """The case is closed; or its step ended without this task; or what it asked for was dropped."""
    if case.closed:
        return _closed(case, _closed_by(session, case))
    step = task.step
    if step.status == StepStatus.COMPLETED:
        zh, en = (called(step.outcome, lang) for lang in ("zh", "en"))
        day = _day(step.completed_at_utc)
        return Text(f"该环节已于 {day} 办结（{zh}）。", f"its step ended on {day} ({en}).")
    day = _day(task.completed_at_utc)
    return Text(f"该环节已于 {day} 取消。", f"its step was cancelled on {day}.")


def state_of(session: Session, case: Case, task: Task) -> Text | None:
    """What a task's status alone does not tell: who holds it or decided it, why it was dropped."""
    if task.status == TaskStatus.CANCELLED:
        return why_cancelled(session, case, task)
    name = task.holder
    if task.status == TaskStatus.RESERVED:
        return Text(f"已由 {name} 领取。", f"Reserved by {name}.")
    if task.status == TaskStatus.COMPLETED:
        day = _day(task.completed_at_utc)
        return Text(f"已由 {name} 于 {day} 办理。", f"Decided by {name} on {day}.")
    return None


def _closed(case: Case, by: str | None) -> Text:
    day, zh, en = _day(case.closed_at_utc), called(case.status, "zh"), called(case.status, "en")
    if by is None:
        return Text(
            f"申请 {case.id} 于 {day} 办结（{zh}）。", f"case {case.id} was closed on {day} ({en})."
        )
    by_en = called(by, "en")
    return Text(
        f"申请 {case.id} 于 {day} 由 {by} 办结（{zh}）。",
        f"case {case.id} was closed on {day} by {by_en} ({en}).",
    )


def _closed_by(session: Session, case: Case) -> str | None:
    return session.scalars(
        select(AuditEntry.actor_name)
        .where(AuditEntry.case_id == case.id, AuditEntry.action == f"case_{case.status}")
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()


def _day(at: datetime | None) -> str:
    return str(shanghai_date(at)) if at is not None else "—"
