"""Evidence that speaks against a payment as it was recorded, and how it was settled."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.contradictions.errors import ContradictionSettled, SettlementReasonRequired
from services.subsidy.contradictions.rules import Consequence, Source
from shared.kernel.actor import Actor
from shared.persistence import Base


class Contradiction(Base):
    """One statement against one payment; a trigger refuses to delete it. `code` names what is
    wrong; `about` says of which thing (a rule, a report, a certificate): an open row of the same
    payment, code and `about` is not written twice. No personal data in `facts`, `zh`, `en`."""

    __tablename__ = "contradictions"
    __table_args__ = (
        Index(
            "uq_contradictions_open",
            "payment_id",
            "code",
            "about",
            unique=True,
            postgresql_where=text("settled_at_utc IS NULL"),
        ),
        Index("ix_contradictions_payment", "payment_id", "id"),
        Index("ix_contradictions_case", "case_id", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"))
    case_id: Mapped[str] = mapped_column(Text)
    source: Mapped[Source] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    consequence: Mapped[Consequence] = mapped_column(Text)
    recorded_at_utc: Mapped[datetime]
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_by_name: Mapped[str | None] = mapped_column(Text)
    settled_at_utc: Mapped[datetime | None]
    settled_reason: Mapped[str | None] = mapped_column(Text)

    def settle(self, by: Actor, at: datetime, reason: str) -> None:
        """Somebody looked into it; what was said stays."""
        if self.settled_at_utc is not None:
            raise ContradictionSettled()
        if not reason.strip():
            raise SettlementReasonRequired(field="reason")
        self.settled_by, self.settled_by_name = by.person_ref, by.name
        self.settled_at_utc, self.settled_reason = at, reason.strip()
