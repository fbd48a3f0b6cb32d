"""A doubt and how it was settled."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.doubts.errors import DoubtReasonMissing, DoubtSettled
from shared.kernel.actor import Actor
from shared.persistence import Base


class Doubt(Base):
    """One statement against one thing, by its `number`; a trigger refuses to delete it. `cause`
    names what speaks against it (a condition, a certificate): an open row of the same number and
    cause is not written twice. `region` is that of the office that decides. No personal data in
    `zh`, `en`."""

    __tablename__ = "doubts"
    __table_args__ = (
        Index(
            "uq_doubts_open",
            "number",
            "cause",
            unique=True,
            postgresql_where=text("settled_at_utc IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[str] = mapped_column(Text, index=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    person_ref: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    raised_at_utc: Mapped[datetime]
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_by_name: Mapped[str | None] = mapped_column(Text)
    settled_at_utc: Mapped[datetime | None]
    settled_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def open(self) -> bool:
        return self.settled_at_utc is None

    def settle(self, by: Actor, at: datetime, reason: str) -> None:
        """Somebody looked into it; what was said stays. Raises DoubtSettled, DoubtReasonMissing."""
        if self.settled_at_utc is not None:
            raise DoubtSettled()
        if not reason.strip():
            raise DoubtReasonMissing(field="reason")
        self.settled_by, self.settled_by_name = by.person_ref, by.name
        self.settled_at_utc, self.settled_reason = at, reason.strip()
