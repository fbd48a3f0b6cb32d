"""Due dates that were provisional, computed again when the table of their year has arrived: of
steps with their tasks, of objections, and of notices that are up."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from shared import audit
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import Case
from shared.approvals.noticing import turn_notice
from shared.approvals.office import CaseOffice
from shared.approvals.step_model import OBJECTION, OPEN_TASK, CaseStep, StepStatus, Task
from shared.calendar import Due
from shared.kernel.actor import SYSTEM
from shared.messaging import outbox
from shared.notices.model import Notice, NoticeEntry, NoticeStatus, Objection, ObjectionStatus

AT_ONCE = 500


def settle_due_dates(session: Session, office: CaseOffice) -> int:
    """How many cases it concerned: every one of a notice, of others some hundred at a time. With
    nothing to do it writes and locks nothing."""
    steps_and_objections = chain(_steps(session, office), _objections(session, office))
    concerned = {*_notices(session, office), *islice(steps_and_objections, AT_ONCE)}
    session.expire_all()  # what was read without a lock is read again under it
    for case_id in sorted(concerned):
        case = locked_case(session, case_id)
        _settle_steps(session, office, case)
        _settle_objections(session, office, case)
        _settle_notices(session, office, case)
        case.touch(office.clock.now())
        outbox.signal_workflow(session, case_id=case_id)
    return len(concerned)


def _steps(session: Session, office: CaseOffice) -> Iterator[str]:
    found = select(CaseStep, Case).join(Case, Case.id == CaseStep.case_id).where(*_PROVISIONAL)
    for opened, case in session.execute(found):
        due = _due(session, office, case, opened)
        if due is not None and _changes(due, opened.due_at_utc):
            yield case.id


_PROVISIONAL = (CaseStep.status == StepStatus.OPEN, CaseStep.due_provisional)


def _due(session: Session, office: CaseOffice, case: Case, opened: CaseStep) -> Due | None:
    within = procedure_of(session, office, case).step(opened.key).within
    return None if within is None else office.calendar.due(opened.opened_at_utc, within)


def _changes(due: Due, before: datetime | None) -> bool:
    """Everything that is looked at was provisional before."""
    return not due.provisional or due.at != before


def _settle_steps(session: Session, office: CaseOffice, case: Case) -> None:
    found = select(CaseStep).where(CaseStep.case_id == case.id, *_PROVISIONAL)
    for opened in session.scalars(found.options(selectinload(CaseStep.tasks))):
        due = _due(session, office, case, opened)
        if due is None:
            continue
        opened.due_at_utc, opened.due_provisional = due.at, due.provisional
        for task in opened.tasks:
            if task.kind != OBJECTION:
                _move(task, due.at)
        _record(session, office, case, opened.key, due)


def _objections(session: Session, office: CaseOffice) -> Iterator[str]:
    for objection, entry, notice in session.execute(_lodged()):
        due = office.calendar.due(objection.lodged_at_utc, notice.settle_wd)
        if _changes(due, objection.due_at_utc):
            yield entry.case_id


def _lodged() -> Select[Objection, NoticeEntry, Notice]:
    return (
        select(Objection, NoticeEntry, Notice)
        .join(NoticeEntry, NoticeEntry.id == Objection.notice_entry_id)
        .join(Notice, Notice.id == NoticeEntry.notice_id)
        .where(Objection.status == ObjectionStatus.LODGED, Objection.due_provisional)
    )


def _settle_objections(session: Session, office: CaseOffice, case: Case) -> None:
    for objection, _, notice in session.execute(_lodged().where(NoticeEntry.case_id == case.id)):
        due = office.calendar.due(objection.lodged_at_utc, notice.settle_wd)
        objection.due_at_utc, objection.due_provisional = due.at, due.provisional
        seat = f"{OBJECTION}:{objection.id}"
        for task in session.scalars(select(Task).where(Task.case_id == case.id, Task.seat == seat)):
            _move(task, due.at)
            _record(session, office, case, task.step_key, due)


def _notices(session: Session, office: CaseOffice) -> Iterator[str]:
    for notice, case_id in session.execute(_up()):
        assert notice.published_at_utc is not None  # of every published one
        period = office.calendar.notice_period(
            notice.published_at_utc, notice.length_wd, notice.first_day_counts
        )
        if not period.provisional or period.at != notice.ends_at_utc:
            yield case_id


def _up() -> Select[Notice, str]:
    return (
        select(Notice, NoticeEntry.case_id)
        .join(NoticeEntry, NoticeEntry.notice_id == Notice.id)
        .where(Notice.status == NoticeStatus.PUBLISHED, Notice.provisional)
    )


def _settle_notices(session: Session, office: CaseOffice, case: Case) -> None:
    """A notice computes its own days anew at each tick."""
    for notice, _ in session.execute(_up().where(NoticeEntry.case_id == case.id)).all():
        turn_notice(session, office, notice.id)


def _move(task: Task, at: datetime) -> None:
    if task.status in OPEN_TASK:
        task.due_at_utc = at
        for candidate in task.candidates:
            candidate.due_at_utc = at


def _record(session: Session, office: CaseOffice, case: Case, step: str, due: Due) -> None:
    audit.record(
        session,
        at=office.clock.now(),
        actor=SYSTEM,
        action="due_date_settled",
        case_id=case.id,
        facts={"step": step, "due": due.at.isoformat(), "provisional": due.provisional},
    )
