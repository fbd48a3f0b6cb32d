"""Gathering the lines of a notice until it is published: of one case, or of a month's."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.calendar import Calendar
from shared.identity.directory import Office
from shared.kernel.clock import Clock, shanghai
from shared.kernel.ids import new_id
from shared.notices.columns import in_words, labels_of
from shared.notices.errors import NoticeIsEmpty
from shared.notices.handlers import Publishing, locked_notice, publish
from shared.notices.masking import check_columns, masked_row
from shared.notices.model import Notice, NoticeEntry, NoticeRow, NoticeStatus
from shared.procedures import Procedure, Step

MONTH = "month"
OPENING_HOUR = 9


def collect(
    session: Session,
    *,
    procedure: Procedure,
    step: Step,
    case_id: str,
    region: str,
    batch_key: str | None,
    rows: list[NoticeRow],
    clock: Clock,
    office: Office | None,
    publishing: Publishing,
) -> Notice:
    """The notice that shows `rows` of the case. `batch_key` none: one of its own, published now;
    "month", or a key of the caller: the collecting notice of that procedure, step, region and
    batch, published on the first working day of the next month or earlier by an officer."""
    check_columns(step.settings["shows"])
    if not rows:
        raise NoticeIsEmpty
    key = f"{clock.today():%Y-%m}" if batch_key == MONTH else batch_key
    publish_at = (
        clock.now()
        if key is None
        else first_working_moment_of_next_month(clock.today(), publishing.calendar)
    )
    values = _new_notice(procedure, step, region, key, publish_at, clock.now(), office)
    notice = _open(session, values)
    _add_lines(session, notice, case_id, shown_lines(procedure, step, rows))
    if key is None:
        publish(session, notice.id, now=clock.now(), publishing=publishing)
    return notice


def shown_lines(
    procedure: Procedure, step: Step, rows: Iterable[NoticeRow]
) -> dict[str, dict[str, Any]]:
    """What the notice of the step shows of each row, by its subject: the columns that it picks, in
    words and masked."""
    shows = step.settings["shows"]
    return {row.subject: masked_row(shows, in_words(procedure, row.values)) for row in rows}


def leave(session: Session, notice_id: str, case_id: str) -> None:
    """A case that was taken back is not shown any more, unless it was shown already: what was
    published stays as it was signed."""
    notice = locked_notice(session, notice_id)
    if notice.status == NoticeStatus.COLLECTING:
        session.execute(
            delete(NoticeEntry).where(
                NoticeEntry.notice_id == notice_id, NoticeEntry.case_id == case_id
            )
        )


def first_working_moment_of_next_month(today: date, calendar: Calendar) -> datetime:
    """09:00 of the first working day of the month after `today`."""
    day = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return shanghai(day, OPENING_HOUR)


def _new_notice(
    procedure: Procedure,
    step: Step,
    region: str,
    batch_key: str | None,
    publish_at: datetime,
    now: datetime,
    office: Office | None,
) -> dict[str, Any]:
    settings = step.settings
    return {
        "id": new_id(),
        "procedure": procedure.id,
        "procedure_version": procedure.version,
        "step_key": step.key,
        "region": region,
        "batch_key": batch_key,
        "status": NoticeStatus.COLLECTING,
        "title_zh": f"{procedure.title.zh}：{step.title.zh}",
        "title_en": f"{procedure.title.en}: {step.title.en}",
        "length_wd": settings["length"],
        "first_day_counts": settings["first_day_counts"],
        "settle_wd": settings["objections"]["settle"],
        "anonymous": settings["anonymous"],
        "shows": list(settings["shows"]),
        "labels": labels_of(procedure, settings["shows"]),
        "publishes": settings.get("publishes"),
        "office": _office(office),
        "opened_at_utc": now,
        "publish_at_utc": publish_at,
        "provisional": False,
    }


def _office(office: Office | None) -> dict[str, Any]:
    if office is None:
        return {}
    return {"zh": office.name.zh, "en": office.name.en, "telephone": office.telephone}


def _open(session: Session, values: dict[str, Any]) -> Notice:
    """The collecting notice of the batch, locked; made when there is none. Two cases that arrive
    at once meet in one notice: the index `uq_notices_collecting` decides."""
    while True:
        session.execute(insert(Notice).values(values).on_conflict_do_nothing())
        found = select(Notice).where(Notice.status == NoticeStatus.COLLECTING)
        if values["batch_key"] is None:
            found = found.where(Notice.id == values["id"])
        else:
            keys = ("procedure", "procedure_version", "step_key", "region", "batch_key")
            found = found.where(*(getattr(Notice, key) == values[key] for key in keys))
        locked = found.with_for_update().execution_options(populate_existing=True)
        notice = session.scalars(locked).one_or_none()
        if notice is not None:
            return notice


def _add_lines(
    session: Session, notice: Notice, case_id: str, lines: Mapping[str, dict[str, Any]]
) -> None:
    """A case that comes by again shows what it says now."""
    known = {(each.case_id, each.subject): each for each in notice.entries}
    for subject, shown in lines.items():
        entry = known.get((case_id, subject))
        if entry is None:
            entry = NoticeEntry(id=new_id(), case_id=case_id, subject=subject, shown=shown)
            notice.entries.append(entry)
        entry.shown = shown
    session.flush()
