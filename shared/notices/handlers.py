"""The use cases of a notice, each in the caller's transaction. The caller writes the audit entries
and wakes the cases that a change concerns: their ids are what these functions answer."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.calendar import Calendar
from shared.identity.directory import Office
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.clock import Clock, shanghai, shanghai_date
from shared.kernel.ids import new_id
from shared.notices.columns import in_words, labels_of
from shared.notices.errors import NoticeIsEmpty, NoticeNotFound
from shared.notices.masking import check_columns, masked_row
from shared.notices.model import Notice, NoticeEntry, NoticeRow, NoticeStatus
from shared.notices.signing import sign
from shared.procedures import Procedure, Step

MONTH = "month"
OPENING_HOUR = 9


@dataclass(frozen=True)
class Publishing:
    """What publishing needs beside the session: the calendar and the secret that signs."""

    calendar: Calendar
    snapshot_key: bytes


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
    worded = [NoticeRow(each.subject, in_words(procedure, each.values)) for each in rows]
    _add_rows(session, notice, case_id, worded)
    if key is None:
        publish(session, notice.id, now=clock.now(), publishing=publishing)
    return notice


def publish(
    session: Session,
    notice_id: str,
    *,
    now: datetime,
    publishing: Publishing,
    by: Actor = SYSTEM,
) -> list[str]:
    """Shows it from today on; answers the case ids concerned. Published before: changes nothing,
    answers none."""
    notice = _locked(session, notice_id)
    if notice.status != NoticeStatus.COLLECTING:
        return []
    if not notice.entries:
        raise NoticeIsEmpty
    notice.publish(now, by.name)
    _run(notice, shanghai_date(now), publishing.calendar)
    notice.snapshot = _snapshot(notice)
    notice.snapshot_signature = sign(notice.snapshot, publishing.snapshot_key)
    return _case_ids(notice)


@dataclass(frozen=True)
class Turn:
    """What a tick did, by the case ids that it concerns: none where nothing changed."""

    published: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def tick(session: Session, notice_id: str, now: datetime, *, publishing: Publishing) -> Turn:
    """Publishes what is due and ends what is over. May run any number of times, for one notice
    also at once."""
    notice = _locked(session, notice_id)
    published: list[str] = []
    if notice.status == NoticeStatus.COLLECTING and notice.publish_at_utc <= now:
        published = publish(session, notice_id, now=now, publishing=publishing)
    if notice.status != NoticeStatus.PUBLISHED:
        return Turn(published)
    if notice.provisional and notice.first_day is not None:
        # the make-up days of that year may have arrived since
        _run(notice, notice.first_day, publishing.calendar)
    if notice.ends_at_utc is not None and notice.ends_at_utc <= now:
        notice.end(now)
        return Turn(published, _case_ids(notice))
    return Turn(published)


def next_moment(notice: Notice) -> datetime | None:
    """When `tick` will next have something to do; none once it has ended."""
    if notice.status == NoticeStatus.COLLECTING:
        return notice.publish_at_utc
    return notice.ends_at_utc if notice.status == NoticeStatus.PUBLISHED else None


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
        # it was published between the two statements: the next turn makes a new one


def _add_rows(session: Session, notice: Notice, case_id: str, rows: list[NoticeRow]) -> None:
    known = {(each.case_id, each.subject) for each in notice.entries}
    for row in rows:
        if (case_id, row.subject) not in known:
            known.add((case_id, row.subject))
            notice.entries.append(
                NoticeEntry(
                    id=new_id(),
                    case_id=case_id,
                    subject=row.subject,
                    shown=masked_row(notice.shows, row.values),
                )
            )
    session.flush()


def _run(notice: Notice, first: date, calendar: Calendar) -> None:
    period = calendar.notice_period(first, notice.length_wd, notice.first_day_counts)
    notice.run(period.first, period.last, period.at, period.provisional)


def _snapshot(notice: Notice) -> dict[str, Any]:
    """What the page shows, all of it and nothing more; this is what is signed."""
    assert notice.first_day is not None and notice.last_day is not None
    assert notice.published_at_utc is not None
    return {
        "notice": notice.id,
        "procedure": notice.procedure,
        "version": notice.procedure_version,
        "step": notice.step_key,
        "region": notice.region,
        "title": {"zh": notice.title_zh, "en": notice.title_en},
        "office": notice.office,
        "published_at": notice.published_at_utc.isoformat(),
        "first_day": notice.first_day.isoformat(),
        "last_day": notice.last_day.isoformat(),
        "provisional": notice.provisional,
        "columns": list(notice.shows),
        "labels": notice.labels,
        "rows": [{"entry": each.id, **each.shown} for each in notice.entries],
    }


def _case_ids(notice: Notice) -> list[str]:
    return sorted({each.case_id for each in notice.entries})


def _locked(session: Session, notice_id: str) -> Notice:
    notice = session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if notice is None:
        raise NoticeNotFound
    return notice
