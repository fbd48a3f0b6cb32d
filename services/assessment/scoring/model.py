"""The scores of a sitting. Only an unlocked sitting takes one: here, and by a database trigger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.assessment.scoring.rules import Marks
from services.assessment.sittings.model import Candidate, Sitting
from shared.kernel.actor import Actor
from shared.persistence import Base


class Score(Base):
    """Both parts in tenths, 0..1000; null is absent (缺考). A row exists once they are entered."""

    __tablename__ = "scores"
    __table_args__ = (
        CheckConstraint("theory_tenths BETWEEN 0 AND 1000", name="theory_tenths"),
        CheckConstraint("practical_tenths BETWEEN 0 AND 1000", name="practical_tenths"),
    )

    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.case_id"), index=True)
    theory_tenths: Mapped[int | None]
    practical_tenths: Mapped[int | None]
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at_utc: Mapped[datetime]

    @property
    def marks(self) -> Marks:
        return Marks(self.theory_tenths, self.practical_tenths)

    @classmethod
    def enter(
        cls, sitting: Sitting, candidate: Candidate, marks: Marks, by: Actor, now: datetime
    ) -> "Score":
        sitting.ensure_open()
        score = cls(candidate_id=candidate.id, sitting_id=sitting.case_id)
        score.change(sitting, marks, by, now)
        return score

    def change(self, sitting: Sitting, marks: Marks, by: Actor, now: datetime) -> None:
        sitting.ensure_open()
        self.theory_tenths, self.practical_tenths = marks.theory, marks.practical
        self.entered_by, self.entered_at_utc = by.person_ref, now
