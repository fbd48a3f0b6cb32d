"""Which event has proposed which case (免申即享), so that it does so once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence import Base


class Proposal(Base):
    """`evidence` is the event's subject (a certificate or honour number)."""

    __tablename__ = "proposals"

    procedure: Mapped[str] = mapped_column(Text, primary_key=True)
    event_type: Mapped[str] = mapped_column(Text, primary_key=True)
    evidence: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    proposed_at_utc: Mapped[datetime]
