"""What the bank reported, line by line, as it came."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence import Base


class PaymentReport(Base):
    """One line that the bank reported; its id makes a repetition harmless."""

    __tablename__ = "payment_reports"

    batch_id: Mapped[str] = mapped_column(ForeignKey("payment_batches.id"), primary_key=True)
    report_id: Mapped[str] = mapped_column(Text, primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"), index=True)
    status: Mapped[str] = mapped_column(Text)
    reason_code: Mapped[str | None] = mapped_column(Text)
    reported_at_utc: Mapped[datetime]
    received_at_utc: Mapped[datetime]
