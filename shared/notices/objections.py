"""Objections (异议): lodged while the notice stands, settled by its office. One suspends only the
entry that it is about. The caller opens the task to settle it and wakes the case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared.calendar import Calendar
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError, Errors
from shared.kernel.ids import new_id
from shared.kernel.text import Text
from shared.notices.errors import (
    AnonymousObjectionRefused,
    EntryAlreadyStruck,
    NoticeEntryNotFound,
    NoticeNotPublished,
    ObjectionIncomplete,
    ObjectionNotFound,
    ObjectionsClosed,
)
from shared.notices.model import (
    EntryStatus,
    Notice,
    NoticeEntry,
    NoticeStatus,
    Objection,
    ObjectionStatus,
)

_MISSING = {
    "name": Text("姓名", "a name"),
    "contact": Text("联系方式", "a contact"),
    "grounds": Text("异议事由", "the grounds"),
}


@dataclass(frozen=True)
class Complaint:
    """What the objection form holds; `named` false means that the author stays unknown."""

    grounds: str
    named: bool = True
    name: str | None = None
    contact: str | None = None


def lodge_objection(
    session: Session, entry_id: str, complaint: Complaint, *, now: datetime, calendar: Calendar
) -> Objection:
    """Raises what is wrong with the form, or that the notice does not take objections (now)."""
    entry = _locked_entry(session, entry_id)
    notice = entry.notice
    _ensure_open(notice, now)
    _ensure_complete(notice, complaint)
    if entry.status == EntryStatus.UPHELD:
        raise EntryAlreadyStruck
    due = calendar.due(now, notice.settle_wd)
    objection = Objection(
        id=new_id(),
        named=complaint.named,
        name=complaint.name if complaint.named else None,
        contact=complaint.contact if complaint.named else None,
        grounds=complaint.grounds.strip(),
        status=ObjectionStatus.LODGED,
        lodged_at_utc=now,
        due_at_utc=due.at,
        due_provisional=due.provisional,
    )
    entry.objections.append(objection)
    entry.settle()
    session.flush()
    return objection


def settle_objection(
    session: Session,
    objection_id: str,
    outcome: ObjectionStatus | str,
    reason: str,
    *,
    now: datetime,
    by: Actor,
) -> NoticeEntry:
    """The entry with its new status. The same answer twice changes nothing."""
    objection = session.get(Objection, objection_id)
    if objection is None:
        raise ObjectionNotFound
    # the entry is locked first, as in lodging, so that its status follows all of its objections
    entry = _locked_entry(session, objection.notice_entry_id)
    session.refresh(objection)
    objection.settle(ObjectionStatus(outcome), now, by.person_ref, reason)
    entry.settle()
    session.flush()
    return entry


def _ensure_open(notice: Notice, now: datetime) -> None:
    if notice.status == NoticeStatus.COLLECTING or notice.ends_at_utc is None:
        raise NoticeNotPublished
    if notice.status == NoticeStatus.ENDED or notice.ends_at_utc <= now:
        raise ObjectionsClosed(last_day=notice.last_day)


def _ensure_complete(notice: Notice, complaint: Complaint) -> None:
    if not complaint.named and not notice.anonymous:
        raise AnonymousObjectionRefused(field="named")
    needed = ("name", "contact", "grounds") if complaint.named else ("grounds",)
    missing: list[DomainError] = [
        ObjectionIncomplete(field=field, missing=_MISSING[field])
        for field in needed
        if not (getattr(complaint, field) or "").strip()
    ]
    if missing:
        raise missing[0] if len(missing) == 1 else Errors(missing)


def _locked_entry(session: Session, entry_id: str) -> NoticeEntry:
    entry = session.get(NoticeEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NoticeEntryNotFound
    return entry
