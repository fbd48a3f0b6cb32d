"""Payment batches: where the state of a batch changes."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.batches.errors import BatchNotSent, BatchStateConflict
from services.subsidy.batches.rules import MAY_BECOME, BatchState
from shared.kernel.actor import Actor
from shared.persistence import Base

batch_numbers = Sequence("payment_batch_numbers", metadata=Base.metadata)


class PaymentBatch(Base):
    """What the labour bureau asks the finance bureau to allocate in one document."""

    __tablename__ = "payment_batches"
    __table_args__ = (Index("ix_payment_batches_region", "region", "id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    scheme: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    state: Mapped[BatchState] = mapped_column(Text, default=BatchState.DRAFTED)
    payments_count: Mapped[int]
    total_fen: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str] = mapped_column(Text)
    made_by_name: Mapped[str] = mapped_column(Text)
    made_at_utc: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_by_name: Mapped[str | None] = mapped_column(Text)
    approved_at_utc: Mapped[datetime | None]
    allocated_by: Mapped[str | None] = mapped_column(Text)
    allocated_by_name: Mapped[str | None] = mapped_column(Text)
    allocated_at_utc: Mapped[datetime | None]
    document_no: Mapped[str | None] = mapped_column(Text)
    returned_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def hands(self) -> set[str]:
        """Who has acted on it already."""
        return {ref for ref in (self.made_by, self.approved_by, self.allocated_by) if ref}

    @property
    def sent_at(self) -> datetime:
        """When its payments were instructed. Raises BatchNotSent."""
        if self.allocated_at_utc is None:
            raise BatchNotSent(batch=self.id, state=self.state)
        return self.allocated_at_utc

    def approve(self, by: Actor, at: datetime) -> None:
        self._move(BatchState.APPROVED)
        self.approved_by, self.approved_by_name, self.approved_at_utc = by.person_ref, by.name, at

    def allocate(self, by: Actor, at: datetime, document_no: str) -> None:
        self._move(BatchState.ALLOCATED)
        self.allocated_by, self.allocated_by_name = by.person_ref, by.name
        self.allocated_at_utc, self.document_no = at, document_no

    def send_back(self, reason: str) -> None:
        self._move(BatchState.RETURNED)
        self.returned_reason = reason

    def ask_for_less(self, payments: int, fen: int) -> None:
        """Payments left it before the allocation. Raises BatchStateConflict after."""
        if not MAY_BECOME[BatchState(self.state)]:
            raise BatchStateConflict(batch=self.id, state=self.state)
        self.payments_count -= payments
        self.total_fen -= fen

    def _move(self, to: BatchState) -> None:
        if to not in MAY_BECOME[BatchState(self.state)]:
            raise BatchStateConflict(batch=self.id, state=self.state)
        self.state = to


class BatchItem(Base):
    """Which payments a batch asked for, kept also when the batch was sent back or the payment was
    taken out of it."""

    __tablename__ = "payment_batch_items"

    batch_id: Mapped[str] = mapped_column(ForeignKey("payment_batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"), index=True)
    taken_out_at_utc: Mapped[datetime | None]
