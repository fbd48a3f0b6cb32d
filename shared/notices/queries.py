"""What pages and cases read of notices; changes nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shared.kernel.region import covers
from shared.notices.model import (
    EntryStatus,
    Notice,
    NoticeEntry,
    NoticeStatus,
    Objection,
    ObjectionStatus,
)


@dataclass(frozen=True)
class EntryState:
    entry_id: str
    subject: str
    status: EntryStatus


def entry_states(session: Session, notice_id: str, case_id: str) -> list[EntryState]:
    """Where each line of one case stands in one notice."""
    statement = (
        select(NoticeEntry)
        .where(NoticeEntry.notice_id == notice_id, NoticeEntry.case_id == case_id)
        .order_by(NoticeEntry.id)
        .execution_options(populate_existing=True)
    )
    return [EntryState(each.id, each.subject, each.status) for each in session.scalars(statement)]


def lines_of(session: Session, notice_id: str, case_id: str) -> dict[str, dict[str, Any]]:
    """What the notice shows of one case, by the subject of the line."""
    rows = session.execute(
        select(NoticeEntry.subject, NoticeEntry.shown).where(
            NoticeEntry.notice_id == notice_id, NoticeEntry.case_id == case_id
        )
    )
    return {subject: shown for subject, shown in rows}


def public_notices(
    session: Session, *, after: tuple[date, str] | None = None, limit: int = 20
) -> list[Notice]:
    """Published and ended ones, newest first; `after` is (first_day, id) of the last one seen."""
    statement = select(Notice).where(Notice.status != NoticeStatus.COLLECTING)
    if after is not None:
        day, last = after
        statement = statement.where(
            (Notice.first_day < day) | ((Notice.first_day == day) & (Notice.id < last))
        )
    return list(
        session.scalars(statement.order_by(Notice.first_day.desc(), Notice.id.desc()).limit(limit))
    )


def public_notice(session: Session, notice_id: str) -> Notice | None:
    """One that was published, with the present state of its entries."""
    statement = (
        select(Notice)
        .where(Notice.id == notice_id, Notice.status != NoticeStatus.COLLECTING)
        .options(selectinload(Notice.entries))
    )
    return session.scalars(statement).one_or_none()


def notice_of(session: Session, notice_id: str) -> Notice | None:
    """One in any state, with its entries: for the office that publishes it and for a case."""
    return session.get(Notice, notice_id, options=[selectinload(Notice.entries)])


def collecting_notices(session: Session, regions: list[str]) -> list[Notice]:
    """Batches that an officer for one of `regions` may publish before their day."""
    statement = (
        select(Notice)
        .where(Notice.status == NoticeStatus.COLLECTING)
        .options(selectinload(Notice.entries))
        .order_by(Notice.publish_at_utc, Notice.id)
    )
    return [
        each
        for each in session.scalars(statement)
        if any(covers(region, each.region) for region in regions)
    ]


def open_objections(
    session: Session, notice_id: str, case_id: str | None = None
) -> list[Objection]:
    """Lodged and not settled, oldest first."""
    statement = (
        select(Objection)
        .join(NoticeEntry)
        .where(NoticeEntry.notice_id == notice_id, Objection.status == ObjectionStatus.LODGED)
        .order_by(Objection.id)
    )
    if case_id is not None:
        statement = statement.where(NoticeEntry.case_id == case_id)
    return list(session.scalars(statement))


def objections_by_case(session: Session, notice_id: str) -> dict[str, list[Objection]]:
    """Every objection to a notice, settled or not, by the case that it concerns."""
    statement = (
        select(NoticeEntry.case_id, Objection)
        .join(NoticeEntry, NoticeEntry.id == Objection.notice_entry_id)
        .where(NoticeEntry.notice_id == notice_id)
    )
    found: dict[str, list[Objection]] = {}
    for case_id, objection in session.execute(statement):
        found.setdefault(case_id, []).append(objection)
    return found


def grounds_by_objection(session: Session, case_id: str) -> dict[str, str]:
    """What is held against the lines of one case and not settled yet, by the objection's id."""
    statement = (
        select(Objection.id, Objection.grounds)
        .join(NoticeEntry)
        .where(NoticeEntry.case_id == case_id, Objection.status == ObjectionStatus.LODGED)
    )
    return {row.id: row.grounds for row in session.execute(statement)}


def objection_with_entry(session: Session, objection_id: str) -> Objection | None:
    return session.get(Objection, objection_id, options=[selectinload(Objection.entry)])


def shown_rows(notice: Notice) -> list[dict[str, object]]:
    """The rows as they were signed, each with the present status of its entry."""
    status = {each.id: each.status for each in notice.entries}
    rows = (notice.snapshot or {}).get("rows", [])
    return [{**row, "status": status.get(row["entry"], EntryStatus.SHOWN)} for row in rows]
