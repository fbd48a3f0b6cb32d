"""What worklists, case lists and case pages read; who may see a case. Changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    exists,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, selectinload

from shared.approvals.applicants import WORKER
from shared.approvals.errors import CaseNotFound, TaskNotFound
from shared.approvals.model import CLOSED, Case, CaseFinding, CasePerson
from shared.approvals.separation import excludes, may_take, offered_to
from shared.approvals.step_model import NEVER, OPEN_TASK, CaseStep, Task, TaskCandidate
from shared.kernel.actor import Actor, Membership

SEES_EVERYTHING = ("auditor", "operator")


@dataclass(frozen=True)
class WorklistRow:
    task: Task
    case: Case
    due_at_utc: datetime


def worklist(
    session: Session, actor: Actor, *, after: tuple[datetime, str] | None, limit: int
) -> list[WorklistRow]:
    """The open tasks that this person may take, overdue first; `limit` + 1 rows, to know whether
    more follow. One index scan a membership, however many tasks are open."""
    branches = [
        select(page.c.due_at_utc, page.c.task_id)
        for page in (
            _page_of(actor, membership, after, limit).subquery()
            for membership in _single_offers(actor.memberships)
        )
    ]
    if not branches:
        return []
    found = union_all(*branches).subquery()
    keys = (
        select(found.c.due_at_utc, found.c.task_id)
        .distinct()
        .order_by(found.c.due_at_utc, found.c.task_id)
        .limit(limit + 1)
        .subquery()
    )
    rows = session.execute(
        select(Task, Case, keys.c.due_at_utc)
        .join(keys, keys.c.task_id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .order_by(keys.c.due_at_utc, Task.id)
    )
    return [WorklistRow(task, case, due) for task, case, due in rows]


def _single_offers(memberships: Sequence[Membership]) -> Iterator[Membership]:
    """Each membership as an organisation's and as a region's: one index answers one of the two."""
    for each in dict.fromkeys(memberships):
        if each.organisation:
            yield Membership(each.role, each.organisation, None, None)
        if each.region:
            yield Membership(each.role, None, each.level, each.region)


def _page_of(actor: Actor, membership: Membership, after: tuple[datetime, str] | None, limit: int):  # type: ignore[no-untyped-def]
    statement = (
        select(TaskCandidate.due_at_utc, TaskCandidate.task_id)
        .join(Task, Task.id == TaskCandidate.task_id)
        .where(TaskCandidate.open, offered_to(membership), ~excludes(actor))
    )
    if after is not None:
        # as one row value, which the index begins at; with OR a deep page reads all before it
        key = tuple_(TaskCandidate.due_at_utc, TaskCandidate.task_id)
        statement = statement.where(key > tuple_(*map(literal, after)))
    return statement.order_by(TaskCandidate.due_at_utc, TaskCandidate.task_id).limit(limit + 1)


def may_see(actor: Actor) -> ColumnElement[bool]:
    """Condition on `cases`: the people it concerns, the offices of the organisation that applied,
    every office that had or has a task in it, auditors and operators."""
    if any(actor.has_role(role) for role in SEES_EVERYTHING):
        return true()
    concerned = exists().where(
        CasePerson.case_id == Case.id, CasePerson.person_ref == actor.person_ref
    )
    submitted = Case.submitted_by == actor.person_ref
    if not actor.memberships:
        return or_(concerned, submitted)
    office = exists().where(
        Task.case_id == Case.id,
        TaskCandidate.task_id == Task.id,
        or_(*(offered_to(m) for m in actor.memberships)),
    )
    colleagues = Case.organisation.in_(
        [m.organisation for m in actor.memberships if m.organisation and m.role != WORKER]
    )
    return or_(concerned, submitted, colleagues, office)


def visible_case(session: Session, case_id: str, actor: Actor) -> Case:
    """Raises CaseNotFound also for a case that is not theirs to see: its existence is no secret
    worth keeping from them, its content is, and one answer says neither."""
    case = session.scalars(select(Case).where(Case.id == case_id, may_see(actor))).first()
    if case is None:
        raise CaseNotFound(case=case_id)
    return case


def may_see_case(session: Session, actor: Actor, case_id: str) -> bool:
    return session.scalar(select(exists().where(Case.id == case_id, may_see(actor)))) is True


def visible_task(session: Session, task_id: str, actor: Actor) -> Task:
    task = session.scalars(
        select(Task)
        .join(Case, Case.id == Task.case_id)
        .where(Task.id == task_id, may_see(actor))
        .options(selectinload(Task.decision))
    ).first()
    if task is None:
        raise TaskNotFound(task=task_id)
    return task


def case_of_task(session: Session, task_id: str) -> str:
    """Whoever asks: who may act on it is for the handler to say, with its reason."""
    case_id = session.scalar(select(Task.case_id).where(Task.id == task_id))
    if case_id is None:
        raise TaskNotFound(task=task_id)
    return case_id


def my_cases(
    session: Session, actor: Actor, *, after: str | None, limit: int, status: str | None = None
) -> list[Case]:
    """The cases that a person applied for, submitted or is the subject of, newest number first."""
    concerned = select(CasePerson.case_id).where(CasePerson.person_ref == actor.person_ref)
    statement = select(Case).where(
        or_(Case.id.in_(concerned), Case.submitted_by == actor.person_ref)
    )
    if status is not None:
        statement = statement.where(Case.status == status)
    if after is not None:
        statement = statement.where(Case.id < after)
    return list(session.scalars(statement.order_by(Case.id.desc()).limit(limit + 1)))


def findings_of(session: Session, case_id: str) -> list[CaseFinding]:
    return list(
        session.scalars(
            select(CaseFinding).where(CaseFinding.case_id == case_id).order_by(CaseFinding.number)
        )
    )


def steps_of(session: Session, case_id: str) -> list[CaseStep]:
    return list(
        session.scalars(
            select(CaseStep)
            .where(CaseStep.case_id == case_id)
            .order_by(CaseStep.opened_at_utc, CaseStep.id)
            .options(selectinload(CaseStep.tasks).selectinload(Task.candidates))
            .options(selectinload(CaseStep.tasks).selectinload(Task.decision))
        )
    )


def due_or_none(due: datetime) -> datetime | None:
    return None if due == NEVER else due


def case_is_closed(connection: Connection, case_id: str) -> bool:
    """For the relay: a workflow that is gone is right only where the case is over."""
    status = connection.execute(select(Case.status).where(Case.id == case_id)).scalar()
    return status in CLOSED


def tasks_to_take(session: Session, case_id: str, actor: Actor) -> list[Task]:
    """The open tasks of one case that this person may take now."""
    return list(
        session.scalars(
            select(Task)
            .where(Task.case_id == case_id, Task.status.in_(OPEN_TASK), may_take(actor))
            .options(selectinload(Task.candidates))
            .order_by(Task.seat)
        )
    )
