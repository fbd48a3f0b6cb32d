"""Account repairs: another account for a payment that failed, or for one that was not sent yet."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.repairs.errors import RepairNotOpen, RepairWaiting
from shared.kernel.actor import Actor
from shared.persistence import Base, EncryptedText
from shared.persistence.constraint_errors import register


class RepairState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class PaymentRepair(Base):
    """Another account given by the payee, confirmed by an officer. `payment_id` is that which it
    corrects or repairs; None where the claim still waits for its money. While it is proposed it
    holds the case's planned payment (contradictions/grounds.py)."""

    __tablename__ = "payment_repairs"
    __table_args__ = (
        Index(
            "uq_payment_repairs_open_of_case",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_payment_repairs_case", "case_id", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    payment_id: Mapped[str | None] = mapped_column(ForeignKey("payments.id"), index=True)
    account: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[RepairState] = mapped_column(Text, default=RepairState.PROPOSED)
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at_utc: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_by_name: Mapped[str | None] = mapped_column(Text)
    decided_at_utc: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    new_payment_id: Mapped[str | None] = mapped_column(ForeignKey("payments.id"))

    def confirm(self, by: Actor, at: datetime, new_payment_id: str | None) -> None:
        """`new_payment_id`: the payment that repairs one that failed; None where none was sent."""
        self._decide(RepairState.CONFIRMED, by, at, None)
        self.new_payment_id = new_payment_id

    def refuse(self, by: Actor, at: datetime, reason: str) -> None:
        self._decide(RepairState.REFUSED, by, at, reason)

    def lapse(self, by: Actor, at: datetime, reason: str) -> None:
        """The claim ended, or its form was given anew, while the account waited."""
        self._decide(RepairState.LAPSED, by, at, reason)

    def _decide(self, to: RepairState, by: Actor, at: datetime, reason: str | None) -> None:
        if self.state != RepairState.PROPOSED:
            raise RepairNotOpen()
        self.state, self.decided_by, self.decided_by_name = to, by.person_ref, by.name
        self.decided_at_utc, self.reason = at, reason


register("uq_payment_repairs_open_of_case", RepairWaiting)
