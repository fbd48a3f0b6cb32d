"""Reads what the handlers work on, under the locks that they need."""

from contextlib import suppress
from functools import lru_cache

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from shared.approvals.errors import CaseNotFound, TaskNotFound
from shared.approvals.judging import Opinion
from shared.approvals.model import Case, ProcedureText
from shared.approvals.office import CaseOffice
from shared.approvals.step_model import CaseStep, Decision, DecisionSetAside, Task
from shared.kernel.errors import NotFound
from shared.procedures import Procedure, parse


def locked_case(session: Session, case_id: str) -> Case:
    """The case, locked: whoever changes it, or writes an outbox row for it, goes through here."""
    case = session.scalars(select(Case).where(Case.id == case_id).with_for_update()).first()
    if case is None:
        raise CaseNotFound(case=case_id)
    return case


def locked_task(session: Session, task_id: str) -> tuple[Case, Task]:
    """The task with its step and candidates, after its case is locked: always in this order, so
    that two people on one case cannot lock each other out."""
    case = session.scalars(
        select(Case)
        .join(Task, Task.case_id == Case.id)
        .where(Task.id == task_id)
        .with_for_update(of=Case)
    ).first()
    if case is None:
        raise TaskNotFound(task=task_id)
    # in a statement of its own, so that it reads what was committed while the lock was waited for
    parts = (Task.candidates, Task.step, Task.decision)
    task = session.scalars(
        select(Task).where(Task.id == task_id).options(*(joinedload(each) for each in parts))
    )
    return case, task.unique().one()


def latest_step(session: Session, case: Case) -> CaseStep | None:
    """The row of the case's current step in its current round."""
    if case.current_step is None:
        return None
    return session.scalars(
        select(CaseStep)
        .where(CaseStep.case_id == case.id, CaseStep.key == case.current_step)
        .order_by(CaseStep.round.desc())
        .limit(1)
    ).first()


def is_set_aside() -> ColumnElement[bool]:
    """Condition on `decisions`."""
    return exists().where(DecisionSetAside.decision_id == Decision.id)


def opinions_of(session: Session, opened: CaseStep) -> list[Opinion]:
    """What counts of the decisions of the step, in their order."""
    rows = session.scalars(
        select(Decision)
        .where(Decision.step_id == opened.id, ~is_set_aside())
        .order_by(Decision.decided_at_utc)
    )
    return [Opinion(row.seat, row.outcome, row.reason, row.data) for row in rows]


def procedure_of(session: Session, office: CaseOffice, case: Case) -> Procedure:
    """The very document under which the case began: from the catalogue while it is there, else
    from the text kept with the case."""
    with suppress(NotFound):
        running = office.catalogue.get(case.procedure, case.procedure_version)
        if running.digest == case.procedure_digest:
            return running
    return _parsed(session.get_one(ProcedureText, case.procedure_digest).text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Procedure:
    return parse(text)
