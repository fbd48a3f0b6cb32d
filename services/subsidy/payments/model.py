"""Payments and the bank's reports on them: where the state of a payment changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Row,
    Text,
    UniqueConstraint,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.subsidy.payments.errors import (
    AlreadyReplaced,
    NothingToRepair,
    PaymentStateConflict,
)
from services.subsidy.payments.rules import LIVE, MAY_BECOME, REPAIRABLE, PaymentState
from shared.persistence import Base, EncryptedText
from shared.persistence.constraint_errors import register

_LIVE = ", ".join(f"'{state.value}'" for state in LIVE)


class Payment(Base):
    """Money for one entitlement, sent at most once. `replaces`: the payment that it repairs."""

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("end_to_end_id", name="uq_payments_end_to_end_id"),
        UniqueConstraint("replaces", name="uq_payments_replaces"),
        Index(
            "uq_payments_live_of_entitlement",
            "entitlement_id",
            unique=True,
            postgresql_where=text(f"state IN ({_LIVE})"),
        ),
        Index(
            "ix_payments_waiting",
            "region",
            "scheme",
            "id",
            postgresql_where=text("state = 'planned' AND batch_id IS NULL"),
        ),
        Index("ix_payments_batch", "batch_id", "id"),
        Index("ix_payments_case", "case_id", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    entitlement_id: Mapped[str] = mapped_column(ForeignKey("entitlements.id"))
    case_id: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text)
    payee_name: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(EncryptedText)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    scheme: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    budget_id: Mapped[str] = mapped_column(ForeignKey("budgets.id"))
    state: Mapped[PaymentState] = mapped_column(Text, default=PaymentState.PLANNED)
    reason_code: Mapped[str | None] = mapped_column(Text)
    end_to_end_id: Mapped[str] = mapped_column(Text)
    replaces: Mapped[str | None] = mapped_column(ForeignKey("payments.id"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("payment_batches.id"))
    planned_at_utc: Mapped[datetime]
    changed_at_utc: Mapped[datetime]

    def become(self, to: PaymentState, at: datetime, reason_code: str | None = None) -> None:
        if to not in MAY_BECOME[PaymentState(self.state)]:
            raise PaymentStateConflict(state=self.state, to=to)
        self.state, self.changed_at_utc, self.reason_code = to, at, reason_code

    def move_to(self, budget_id: str) -> None:
        """It is paid of another year's budget; only before it was sent."""
        if self.state != PaymentState.PLANNED:
            raise PaymentStateConflict(state=self.state, to=PaymentState.PLANNED)
        self.budget_id = budget_id

    def pay_to(self, account: str) -> None:
        """Another account, before anything was sent."""
        if self.state != PaymentState.PLANNED:
            raise NothingToRepair(state=self.state)
        self.account = account

    def ensure_repairable(self) -> None:
        if self.state not in REPAIRABLE:
            raise NothingToRepair(state=self.state)


def instruct_all(session: Session, batch_id: str, at: datetime) -> Sequence[Row[Any]]:
    """Every planned payment of the batch becomes instructed, in one statement; answers them in
    the order of their ids."""
    changed = (
        update(Payment)
        .where(Payment.batch_id == batch_id, Payment.state == PaymentState.PLANNED)
        .values(state=PaymentState.INSTRUCTED, changed_at_utc=at)
        .returning(
            Payment.id,
            Payment.case_id,
            Payment.entitlement_id,
            Payment.person_ref,
            Payment.amount_fen,
            Payment.scheme,
            Payment.budget_id,
            Payment.replaces,
            Payment.end_to_end_id,
        )
        .execution_options(synchronize_session=False)
        .cte("changed")
    )
    return session.execute(select(changed).order_by(changed.c.id)).all()


register("uq_payments_live_of_entitlement", AlreadyReplaced)
register("uq_payments_replaces", AlreadyReplaced)
