"""Separation of duties (decision 3): who may take a task. The only place that says so; lists
use it as SQL, a single decision uses the same SQL for one task and then names the reason.

Nobody decides their own case; nobody decides two steps of one case, or two seats of one step
(the same step again, after a return, is theirs; so is every objection to one notice); nobody
outside the organisation, region and level that the step names.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from shared.approvals.errors import DecidedAnotherStep, NotYourTask, OwnCase, OwnUnit
from shared.approvals.model import Case, CasePerson
from shared.approvals.step_model import OBJECTION, Decision, Task, TaskCandidate
from shared.kernel.actor import Actor, Membership


def offered_to(membership: Membership) -> ColumnElement[bool]:
    """The candidate rows that one membership answers to."""
    by_organisation = and_(
        TaskCandidate.role == membership.role,
        TaskCandidate.organisation == membership.organisation,
    )
    by_region = and_(
        TaskCandidate.role == membership.role,
        TaskCandidate.organisation.is_(None),
        TaskCandidate.region == membership.region,
        TaskCandidate.level == membership.level,
    )
    if membership.organisation and membership.region:
        return or_(by_organisation, by_region)
    return by_organisation if membership.organisation else by_region


def concerns_person(person_ref: str) -> ColumnElement[bool]:
    return exists().where(CasePerson.case_id == Task.case_id, CasePerson.person_ref == person_ref)


def decided_elsewhere(person_ref: str) -> ColumnElement[bool]:
    return exists().where(
        Decision.case_id == Task.case_id,
        Decision.decided_by == person_ref,
        or_(
            Decision.step_key != Task.step_key,
            and_(Decision.step_id == Task.step_id, Task.kind != OBJECTION),
        ),
    )


def scores_own_unit(actor: Actor) -> ColumnElement[bool]:
    """An expert of the nominee's own unit takes no seat in the panel (回避)."""
    units = {m.organisation for m in actor.memberships if m.organisation}
    if not units:
        return false()
    own = exists().where(Case.id == Task.case_id, Case.employer.in_(units))
    return and_(Task.kind == "panel", own)


def excludes(actor: Actor) -> ColumnElement[bool]:
    """Whether the task's case is closed to this person whatever their office."""
    return or_(
        concerns_person(actor.person_ref),
        decided_elsewhere(actor.person_ref),
        scores_own_unit(actor),
    )


def may_take(actor: Actor) -> ColumnElement[bool]:
    """Condition on `tasks`: this person may take the task."""
    offers = [offered_to(m) for m in actor.memberships]
    if not offers:
        return false()
    offered = exists().where(TaskCandidate.task_id == Task.id, or_(*offers))
    return and_(offered, ~excludes(actor))


def may_take_task(session: Session, task_id: str, actor: Actor) -> bool:
    return session.scalar(select(Task.id).where(Task.id == task_id, may_take(actor))) is not None


def ensure_may_take(session: Session, task: Task, actor: Actor) -> TaskCandidate:
    """The candidate row under which the person acts. Raises OwnCase, DecidedAnotherStep, OwnUnit
    or NotYourTask."""
    own, elsewhere, unit, offered = session.execute(
        select(
            concerns_person(actor.person_ref),
            decided_elsewhere(actor.person_ref),
            scores_own_unit(actor),
            _first_offer(actor),
        ).where(Task.id == task.id)
    ).one()
    candidate = next((each for each in task.candidates if each.number == offered), None)
    if own:
        raise OwnCase(case=task.case_id)
    if elsewhere:
        raise DecidedAnotherStep(case=task.case_id)
    if unit:
        raise OwnUnit(case=task.case_id)
    if candidate is None:
        raise NotYourTask(office=sorted({c.role for c in task.candidates}))
    return candidate


def _first_offer(actor: Actor) -> ColumnElement[int | None]:
    """The number of the first candidate row of the task that one of the memberships answers to."""
    offers = [offered_to(m) for m in actor.memberships] or [false()]
    return (
        select(func.min(TaskCandidate.number))
        .where(TaskCandidate.task_id == Task.id, or_(*offers))
        .correlate(Task)
        .scalar_subquery()
    )


def deciders_of(session: Session, case_id: str) -> set[str]:
    """Who has decided any step of the case: none of them may come to be concerned by it."""
    found = select(Decision.decided_by).where(Decision.case_id == case_id).distinct()
    return set(session.scalars(found))


def ensure_uninvolved(session: Session, case_ids: Sequence[str], actor: Actor) -> None:
    """For acts on many cases at once (a batch, an allocation): none of the cases concerns the
    person and none has a decision of theirs. One query. Raises OwnCase, DecidedAnotherStep."""
    own = session.scalars(
        select(CasePerson.case_id)
        .where(CasePerson.case_id.in_(case_ids), CasePerson.person_ref == actor.person_ref)
        .limit(1)
    ).first()
    if own:
        raise OwnCase(case=own)
    decided = session.scalars(
        select(Decision.case_id)
        .where(Decision.case_id.in_(case_ids), Decision.decided_by == actor.person_ref)
        .limit(1)
    ).first()
    if decided:
        raise DecidedAnotherStep(case=decided)
