"""The audit's tables. Entries and links are append-only by triggers (shared.persistence.guards)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence.database import Base


class AuditEntry(Base):
    """One deed. `facts` hold no personal data; `actor_ref` is a person_ref or the system."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at_utc: Mapped[datetime]
    actor_ref: Mapped[str]
    actor_name: Mapped[str]
    action: Mapped[str]
    case_id: Mapped[str | None]
    reason: Mapped[str | None]
    facts: Mapped[dict[str, Any]]


class AuditPending(Base):
    """Entries that wait for their link. A trigger on audit_entries fills it, so that linking
    needs neither a scan nor a guess about transactions that commit late."""

    __tablename__ = "audit_pending"

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class AuditLink(Base):
    """The chain: position 1, 2, 3, …; each hash covers the entry and the hash before it."""

    __tablename__ = "audit_chain"
    __table_args__ = (CheckConstraint("position > 0", name="position_is_positive"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), unique=True)
    previous_hash: Mapped[str]
    hash: Mapped[str]
