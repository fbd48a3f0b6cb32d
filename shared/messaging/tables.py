"""The tables of messaging, the same in every service's database. Only this package writes them.

The migration that makes them is shared/persistence/steps/step_0001.py; event_log is append-only
there by triggers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence import Base

EVENT, START, SIGNAL = "event", "start", "signal"


class OutboxRow(Base):
    """What a transaction sends: an event (content: the CloudEvent, until its number moves it to
    event_log), the start of a case's workflow (no content) or a signal to it ({"signal": name})."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("kind in ('event', 'start', 'signal')", name="kind"),
        Index("ix_outbox_undelivered", "id", postgresql_where=text("delivered_at_utc IS NULL")),
        Index(
            "ix_outbox_undelivered_of_case",
            "case_id",
            "id",
            postgresql_where=text("delivered_at_utc IS NULL"),
        ),
        # No index knows `sequence`, and pages have room: giving a number then touches no index.
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at_utc: Mapped[datetime] = mapped_column(server_default=func.now())
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    delivered_at_utc: Mapped[datetime | None]


class LoggedEvent(Base):
    """The feed: every published event under its gapless number. Append-only by triggers."""

    __tablename__ = "event_log"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(Text, unique=True)
    type: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str] = mapped_column(Text)
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    numbered_at_utc: Mapped[datetime] = mapped_column(server_default=func.now())


class SequenceCounter(Base):
    """One row: the last number given. Locked while numbers are given, so that none is lost."""

    __tablename__ = "sequence_counter"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last_sequence: Mapped[int] = mapped_column(BigInteger)


class BlockedCase(Base):
    """A case whose next row could not be delivered: waits for its next attempt, or is parked."""

    __tablename__ = "blocked_cases"

    case_id: Mapped[str] = mapped_column(Text, primary_key=True)
    outbox_id: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    last_error: Mapped[str] = mapped_column(Text)
    next_attempt_at_utc: Mapped[datetime]
    parked_at_utc: Mapped[datetime | None]


class InboxRow(Base):
    """An event that a subscription has handled; a second delivery finds it here."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_received_at_utc", "received_at_utc"),)

    subscription: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    received_at_utc: Mapped[datetime] = mapped_column(server_default=func.now())


class ConsumerPosition(Base):
    """The last contiguous number that a subscription has dealt with, per source service."""

    __tablename__ = "consumer_positions"

    subscription: Mapped[str] = mapped_column(Text, primary_key=True)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    last_sequence: Mapped[int] = mapped_column(BigInteger)


class FailedAttempt(Base):
    """How often an event was tried without success; counted outside the handler's transaction."""

    __tablename__ = "failed_attempts"

    subscription: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer)
    last_error: Mapped[str] = mapped_column(Text)
    failed_at_utc: Mapped[datetime] = mapped_column(server_default=func.now())


class DeadLetter(Base):
    """An event given up after its last attempt, kept whole until it is replayed by command."""

    __tablename__ = "dead_letters"
    __table_args__ = (
        Index("uq_dead_letters_subscription_event_id", "subscription", "event_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subscription: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    attempts: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    died_at_utc: Mapped[datetime] = mapped_column(server_default=func.now())
    replay_requested_at_utc: Mapped[datetime | None]
    replayed_at_utc: Mapped[datetime | None]
