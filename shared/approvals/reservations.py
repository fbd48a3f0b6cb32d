"""Who has taken a task: claim, release, take over. A reservation is a courtesy and never a lock: a
colleague with the right takes over, and it ends where its clock runs out."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.endings import ensure_wanted
from shared.approvals.errors import TaskReserved
from shared.approvals.loading import locked_task
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.separation import ensure_may_take
from shared.approvals.step_model import OPEN_TASK, Task, TaskStatus
from shared.audit import Deed
from shared.kernel.actor import SYSTEM, Actor


def claim_task(session: Session, office: CaseOffice, task_id: str, by: Actor) -> Task:
    """Raises TaskReserved where a colleague has it: that is taken over, not claimed."""
    case, task = locked_task(session, task_id)
    ensure_may_take(session, task, by)
    ensure_wanted(session, case, task)
    task.claim(by)
    return task


def release_task(session: Session, office: CaseOffice, task_id: str, by: Actor) -> Task:
    case, task = locked_task(session, task_id)
    ensure_may_take(session, task, by)
    ensure_wanted(session, case, task)
    task.release(by)
    return task


def take_over_task(session: Session, office: CaseOffice, task_id: str, by: Actor) -> Task:
    """The task is this person's now, whoever had it; the audit names both."""
    case, task = locked_task(session, task_id)
    ensure_may_take(session, task, by)
    ensure_wanted(session, case, task)
    before = task.take_over(by)
    if before is not None:
        audit.record(
            session,
            at=office.clock.now(),
            actor=by,
            action="task_taken_over",
            case_id=case.id,
            facts={"task": task.id, "step": task.step_key, "from": before, "to": by.name},
        )
    return task


def lapse_reservations(
    session: Session, office: CaseOffice, case: Case, tasks: Iterable[Task]
) -> None:
    """They are late, or their holder may no longer take them: the office has them again."""
    now, deeds = office.clock.now(), []
    for task in tasks:
        before = task.lapse()
        if before is not None:
            facts = {"task": task.id, "step": task.step_key, "from": before}
            deeds.append(Deed(now, SYSTEM, "reservation_lapsed", case.id, facts))
    audit.record_many(session, deeds)


def ensure_not_reserved(task: Task, by: Actor) -> None:
    if task.status == TaskStatus.RESERVED and task.reserved_by != by.person_ref:
        raise TaskReserved(by=task.holder, task=task.id)


def acts_on(task: Task, by: Actor) -> list[str]:
    """What a person who may take the task can do with it now."""
    if task.status not in OPEN_TASK:
        return []
    if task.status == TaskStatus.READY:
        return ["claim", "decide"]
    return ["release", "decide"] if task.reserved_by == by.person_ref else ["take_over"]
