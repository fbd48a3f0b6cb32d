"""A public notice, its entries and the objections to them: the only place where their status
changes. A notice is collected, published, ended; after publication what it shows never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.notices.errors import ObjectionAlreadySettled
from shared.persistence import Base, EncryptedText


class NoticeStatus(StrEnum):
    COLLECTING = "collecting"
    PUBLISHED = "published"
    ENDED = "ended"


class EntryStatus(StrEnum):
    SHOWN = "shown"
    OBJECTED = "objected"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class ObjectionStatus(StrEnum):
    LODGED = "lodged"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


SETTLED = (ObjectionStatus.UPHELD, ObjectionStatus.DISMISSED)


@dataclass(frozen=True)
class NoticeRow:
    """One line for a notice: `subject` is who or what it is about (a person_ref or another key,
    never shown), `values` what is known by column; the notice picks, turns codes
    into words, and masks."""

    subject: str
    values: Mapping[str, Any]


class Notice(Base):
    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("status in ('collecting', 'published', 'ended')", name="status"),
        Index(
            "uq_notices_collecting",
            "procedure",
            "procedure_version",
            "step_key",
            "region",
            "batch_key",
            unique=True,
            postgresql_where=text("status = 'collecting' AND batch_key IS NOT NULL"),
        ),
        Index("ix_notices_first_day", "first_day", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    procedure: Mapped[str] = mapped_column(Text)
    procedure_version: Mapped[str] = mapped_column(Text)
    step_key: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    batch_key: Mapped[str | None] = mapped_column(Text)
    status: Mapped[NoticeStatus] = mapped_column(Text, default=NoticeStatus.COLLECTING)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    length_wd: Mapped[int]
    first_day_counts: Mapped[bool]
    settle_wd: Mapped[int]
    anonymous: Mapped[bool]
    shows: Mapped[list[str]]
    labels: Mapped[dict[str, Any]]
    publishes: Mapped[str | None] = mapped_column(Text)
    office: Mapped[dict[str, Any]]
    opened_at_utc: Mapped[datetime]
    publish_at_utc: Mapped[datetime]
    published_at_utc: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(Text)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    ends_at_utc: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    ended_at_utc: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any] | None]
    snapshot_signature: Mapped[str | None] = mapped_column(Text)

    entries: Mapped[list["NoticeEntry"]] = relationship(
        back_populates="notice", order_by="NoticeEntry.id"
    )

    @property
    def telephone(self) -> str:
        return str(self.office.get("telephone", ""))

    def run(self, first: date, last: date, ends_at: datetime, provisional: bool) -> None:
        """Set, or compute again when the calendar is known, how long it stands."""
        self.first_day, self.last_day = first, last
        self.ends_at_utc, self.provisional = ends_at, provisional

    def publish(self, now: datetime, by: str) -> None:
        self.status = NoticeStatus.PUBLISHED
        self.published_at_utc, self.published_by = now, by
        # put out by hand before its day: what was planned is no longer so
        self.publish_at_utc = min(self.publish_at_utc, now)

    def end(self, now: datetime) -> None:
        self.status, self.ended_at_utc = NoticeStatus.ENDED, now


class NoticeEntry(Base):
    """One line of a notice, masked before it is stored."""

    __tablename__ = "notice_entries"
    __table_args__ = (
        UniqueConstraint(
            "notice_id", "case_id", "subject", name="uq_notice_entries_notice_case_subject"
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"))
    case_id: Mapped[str] = mapped_column(Text, index=True)
    subject: Mapped[str] = mapped_column(Text)
    shown: Mapped[dict[str, Any]]
    status: Mapped[EntryStatus] = mapped_column(Text, default=EntryStatus.SHOWN)

    notice: Mapped[Notice] = relationship(back_populates="entries")
    objections: Mapped[list["Objection"]] = relationship(
        back_populates="entry", order_by="Objection.id"
    )

    def settle(self) -> None:
        """Follow its objections: one open suspends it, one upheld strikes it."""
        states = {each.status for each in self.objections}
        if ObjectionStatus.UPHELD in states:
            self.status = EntryStatus.UPHELD
        elif ObjectionStatus.LODGED in states:
            self.status = EntryStatus.OBJECTED
        elif states:
            self.status = EntryStatus.DISMISSED


class Objection(Base):
    """What somebody holds against one entry. Who it was is kept encrypted, and never shown."""

    __tablename__ = "notice_objections"
    __table_args__ = (
        CheckConstraint("status in ('lodged', 'upheld', 'dismissed')", name="status"),
        CheckConstraint(
            "NOT named OR (name IS NOT NULL AND contact IS NOT NULL)", name="named_has_contact"
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    notice_entry_id: Mapped[str] = mapped_column(ForeignKey("notice_entries.id"), index=True)
    named: Mapped[bool]
    name: Mapped[str | None] = mapped_column(EncryptedText)
    contact: Mapped[str | None] = mapped_column(EncryptedText)
    grounds: Mapped[str] = mapped_column(Text)
    status: Mapped[ObjectionStatus] = mapped_column(Text, default=ObjectionStatus.LODGED)
    lodged_at_utc: Mapped[datetime]
    due_at_utc: Mapped[datetime]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    settled_at_utc: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)

    entry: Mapped[NoticeEntry] = relationship(back_populates="objections")

    def settle(self, to: ObjectionStatus, now: datetime, by: str, reason: str) -> None:
        """Settling again in the same way changes nothing, in another way is refused."""
        if self.status == to:
            return
        if self.status in SETTLED:
            raise ObjectionAlreadySettled
        self.status, self.settled_at_utc = to, now
        self.settled_by, self.reason = by, reason
