"""What the bank reported, line by line, as it came, and what came of each line."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence import Base, EncryptedText


class PaymentReport(Base):
    """One line that was received: never deleted. Report, payment and status together make a
    repetition harmless. `status`: settled, rejected, returned, unknown, pending, or what was sent
    instead; `bank_status`: the ISO 20022 code behind it. `payment_id` is empty where nobody was
    paid under the named id. `outcome`: applied, noted (not final), repeated (said before, by
    another report), refused, contradicts; `error_code` says why."""

    __tablename__ = "payment_reports"
    __table_args__ = (
        UniqueConstraint(
            "batch_id",
            "report_id",
            "end_to_end_id",
            "status",
            name="uq_payment_reports_identity",
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("payment_batches.id"))
    report_id: Mapped[str] = mapped_column(Text)
    end_to_end_id: Mapped[str] = mapped_column(Text)
    payment_id: Mapped[str | None] = mapped_column(ForeignKey("payments.id"), index=True)
    status: Mapped[str] = mapped_column(Text)
    bank_status: Mapped[str | None] = mapped_column(Text)
    reason_code: Mapped[str | None] = mapped_column(Text)
    information: Mapped[str | None] = mapped_column(EncryptedText)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    reported_at_utc: Mapped[datetime | None]
    received_at_utc: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
