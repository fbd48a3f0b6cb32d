"""Publishing a notice and ending it, each in the caller's transaction. The caller writes the audit
entries and wakes the cases that a change concerns: their ids are what these functions answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shared.calendar import Calendar
from shared.kernel.actor import SYSTEM, Actor
from shared.notices.errors import NoticeIsEmpty, NoticeNotFound
from shared.notices.model import Notice, NoticeStatus
from shared.notices.signing import sign


@dataclass(frozen=True)
class Publishing:
    """What publishing needs beside the session: the calendar and the secret that signs."""

    calendar: Calendar
    snapshot_key: bytes


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
    notice = locked_notice(session, notice_id)
    if notice.status != NoticeStatus.COLLECTING:
        return []
    if not notice.entries:
        raise NoticeIsEmpty
    notice.publish(now, by.name)
    _run(notice, publishing.calendar)
    notice.snapshot = _snapshot(notice)
    notice.snapshot_signature = sign(notice.snapshot, publishing.snapshot_key)
    return _case_ids(notice)


@dataclass(frozen=True)
class Turn:
    """What a tick did, by the case ids that it concerns: none where nothing changed."""

    published: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def tick(session: Session, notice_id: str, now: datetime, *, publishing: Publishing) -> Turn:
    """Publishes what is due and ends what is over. May run any number of times, for one notice
    also at once."""
    notice = locked_notice(session, notice_id)
    published: list[str] = []
    if notice.status == NoticeStatus.COLLECTING and notice.publish_at_utc <= now:
        published = publish(session, notice_id, now=now, publishing=publishing)
    if notice.status != NoticeStatus.PUBLISHED:
        return Turn(published)
    moved = _case_ids(notice) if _run_anew(notice, publishing.calendar) else []
    if notice.ends_at_utc is not None and notice.ends_at_utc <= now:
        notice.end(now)
        return Turn(published, moved, _case_ids(notice))
    return Turn(published, moved)


def next_moment(notice: Notice) -> datetime | None:
    """When `tick` will next have something to do; none once it has ended."""
    if notice.status == NoticeStatus.COLLECTING:
        return notice.publish_at_utc
    return notice.ends_at_utc if notice.status == NoticeStatus.PUBLISHED else None


def _run(notice: Notice, calendar: Calendar) -> None:
    assert notice.published_at_utc is not None
    period = calendar.notice_period(
        notice.published_at_utc, notice.length_wd, notice.first_day_counts
    )
    notice.run(period.first, period.last, period.at, period.provisional)


def _run_anew(notice: Notice, calendar: Calendar) -> bool:
    """Whether its days are others now: the make-up days of that year may have arrived since."""
    if not notice.provisional:
        return False
    before = (notice.ends_at_utc, notice.provisional)
    _run(notice, calendar)
    return (notice.ends_at_utc, notice.provisional) != before


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


def locked_notice(session: Session, notice_id: str) -> Notice:
    notice = session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if notice is None:
        raise NoticeNotFound
    return notice
