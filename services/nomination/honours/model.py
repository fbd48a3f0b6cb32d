"""An honour that was conferred: who holds it, from when to when, and what it brings. The only
place where its status changes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.nomination.honours.errors import (
    HonourAlreadyConferred,
    HonourAlreadyRevoked,
    RevocationReasonMissing,
)
from shared.persistence import Base
from shared.persistence.constraint_errors import register


class HonourStatus(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"


class Honour(Base):
    """`term` counts how often this person was given this honour: 1, 2, …; `term_ends_on` is its
    last day, none for an honour held for good. `benefits` are those of the document at the time."""

    __tablename__ = "honours"
    __table_args__ = (
        UniqueConstraint("case_id"),
        UniqueConstraint("person_ref", "programme", "term", name="uq_honours_person_term"),
        CheckConstraint("status in ('valid', 'revoked')", name="status"),
        CheckConstraint("term > 0", name="term"),
        Index("ix_honours_roll", "conferred_on", "honour_no"),
    )

    honour_no: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    programme: Mapped[str]
    programme_version: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    level_of_honour: Mapped[str]
    region: Mapped[str]
    person_ref: Mapped[str]
    holder_name: Mapped[str]
    employer: Mapped[str | None]
    employer_name: Mapped[str | None]
    term: Mapped[int]
    conferred_on: Mapped[date]
    term_ends_on: Mapped[date | None]
    benefits: Mapped[list[dict[str, Any]]]
    status: Mapped[HonourStatus] = mapped_column(default=HonourStatus.VALID)
    revoked_on: Mapped[date | None]
    revocation_reason: Mapped[str | None]
    conferred_at_utc: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def revoke(self, on: date, reason: str) -> None:
        if self.status == HonourStatus.REVOKED:
            raise HonourAlreadyRevoked(honour=self.honour_no)
        if not reason.strip():
            raise RevocationReasonMissing(field="reason")
        self.status, self.revoked_on = HonourStatus.REVOKED, on
        self.revocation_reason = reason.strip()


class HonourSerial(Base):
    """The last serial given out in one programme, region and year; locked while one is given."""

    __tablename__ = "honour_serials"

    programme: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


register("uq_honours_person_term", HonourAlreadyConferred)
register("uq_honours_case_id", HonourAlreadyConferred)
