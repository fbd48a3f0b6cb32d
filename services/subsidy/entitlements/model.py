"""An entitlement: what one person may have of one scheme for one thing, once."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.entitlements.errors import (
    AlreadyGranted,
    EntitlementNotOpen,
    ReleaseReasonRequired,
)
from shared.persistence import Base
from shared.persistence.constraint_errors import register


class EntitlementState(StrEnum):
    RESERVED = "reserved"
    GRANTED = "granted"
    RELEASED = "released"


class Entitlement(Base):
    """`about` holds what later rules compare: occupation, level, certificate_no, honour_no. `keys`
    are its `EntitlementKey`s as text, kept after its release: two of one person that share one are
    for the same thing."""

    __tablename__ = "entitlements"
    __table_args__ = (
        Index(
            "uq_entitlements_live_of_case",
            "case_id",
            unique=True,
            postgresql_where=text("state <> 'released'"),
        ),
        Index("ix_entitlements_person", "person_ref", "scheme"),
        Index("ix_entitlements_budget", "budget_id", postgresql_where=text("state <> 'released'")),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text)
    scheme: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    about: Mapped[dict[str, Any]]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    fund: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    budget_id: Mapped[str] = mapped_column(ForeignKey("budgets.id"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[EntitlementState] = mapped_column(Text, default=EntitlementState.RESERVED)
    applied_on: Mapped[date]
    granted_on: Mapped[date | None]
    reserved_at_utc: Mapped[datetime]
    released_at_utc: Mapped[datetime | None]
    release_reason: Mapped[str | None] = mapped_column(Text)

    def move_to(self, budget_id: str) -> None:
        """Its money is reserved in another year's budget now."""
        if self.state == EntitlementState.RELEASED:
            raise EntitlementNotOpen(state=self.state)
        self.budget_id = budget_id

    def grant(self, on: date) -> None:
        """Funds were allocated and the case approved. Granting again changes nothing."""
        if self.state == EntitlementState.RELEASED:
            raise EntitlementNotOpen(state=self.state)
        if self.state == EntitlementState.RESERVED:
            self.state, self.granted_on = EntitlementState.GRANTED, on

    def release(self, at: datetime, reason: str) -> None:
        if self.state == EntitlementState.RELEASED:
            raise EntitlementNotOpen(state=self.state)
        if not reason.strip():
            raise ReleaseReasonRequired(field="reason")
        self.state, self.released_at_utc, self.release_reason = (
            EntitlementState.RELEASED,
            at,
            reason,
        )


class EntitlementKeyRow(Base):
    """What a live entitlement keeps anybody else's case from having again; gone on release."""

    __tablename__ = "entitlement_keys"

    person_ref: Mapped[str] = mapped_column(Text, primary_key=True)
    exclusion: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlements.id"), index=True)


register("pk_entitlement_keys", AlreadyGranted)
register("uq_entitlements_live_of_case", AlreadyGranted)
