"""A sitting (评价批次), its candidates and its staff; what a locked sitting may no longer change.

The sitting's way through the offices is its case (shared.approvals), which has the same id.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assessment.sittings.errors import CandidateHasLeft, InAnotherSitting, ScoresLocked
from shared.kernel.actor import Actor
from shared.persistence import Base, EncryptedText, constraint_errors


class Sitting(Base):
    """`pass_mark_tenths` is the document's when the sitting was opened; it holds for each part."""

    __tablename__ = "sittings"
    __table_args__ = (
        CheckConstraint("level IN ('1','2','3','4','5')", name="level"),
        CheckConstraint(
            "(scores_locked_at_utc IS NULL) = (scores_locked_by IS NULL)", name="locked_by_whom"
        ),
        Index("ix_sittings_organisation", "organisation", "case_id"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisations.code"))
    organisation_name: Mapped[str] = mapped_column(Text)
    filing_id: Mapped[str] = mapped_column(ForeignKey("organisation_filings.id"))
    occupation: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    employer: Mapped[str | None] = mapped_column(Text)
    employer_name: Mapped[str | None] = mapped_column(Text)
    pass_mark_tenths: Mapped[int]
    scores_locked_at_utc: Mapped[datetime | None]
    scores_locked_by: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    candidates: Mapped[list["Candidate"]] = relationship(
        back_populates="sitting", order_by="Candidate.number", cascade="all, delete-orphan"
    )
    staff: Mapped[list["Staff"]] = relationship(
        order_by="Staff.number", cascade="all, delete-orphan"
    )

    @property
    def present(self) -> list["Candidate"]:
        """Those who have not been taken out."""
        return [each for each in self.candidates if each.withdrawn_on is None]

    @property
    def locked(self) -> bool:
        return self.scores_locked_at_utc is not None

    def ensure_open(self) -> None:
        """Raises ScoresLocked: the roster, the staff and the scores are then as they are."""
        if self.locked:
            raise ScoresLocked(sitting=self.case_id)

    def lock_scores(self, by: Actor, now: datetime) -> None:
        self.ensure_open()
        self.scores_locked_at_utc, self.scores_locked_by = now, by.person_ref

    def end(self) -> None:
        """The case is closed: the candidates may enter another sitting of this occupation."""
        for candidate in self.candidates:
            candidate.active = False


class Candidate(Base):
    """A person on the roster. `facts` holds what the row rules read (years, graduation, …),
    `findings` what they said; neither carries an identity number or a phone."""

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("sitting_id", "person_ref", name="uq_candidates_sitting_person"),
        UniqueConstraint("sitting_id", "number", name="uq_candidates_sitting_number"),
        # One open sitting of an occupation and level a person, whoever imports first.
        Index(
            "uq_candidates_active_person",
            "person_ref",
            "occupation",
            "level",
            unique=True,
            postgresql_where=text("active"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.case_id"))
    number: Mapped[int]
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    identity_number: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    occupation: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    condition: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    # parts passed before, in tenths by name: only the other one is taken again
    carried: Mapped[dict[str, Any]] = mapped_column(default=dict)
    withdrawn_on: Mapped[date | None]
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    sitting: Mapped[Sitting] = relationship(back_populates="candidates")

    def withdraw(self, on: date, reason: str) -> None:
        """Out of the sitting before it is scored; the line stays. Raises CandidateHasLeft."""
        if self.withdrawn_on is not None:
            raise CandidateHasLeft(number=self.number)
        self.withdrawn_on, self.withdrawn_because, self.active = on, reason, False

    @property
    def line(self) -> tuple[str, str, str, dict[str, Any]]:
        """What those who decide about the roster see of the candidate."""
        return self.person_ref, self.name, self.condition, self.facts

    @property
    def meets_condition(self) -> bool | None:
        """As it was found when the roster was read; see previous.py for what was lost since."""
        return all_met(self.findings)


def all_met(findings: Sequence[Mapping[str, Any]]) -> bool | None:
    """None while a rule does not know yet."""
    passed = [each["passed"] for each in findings]
    return False if False in passed else None if None in passed else True


class Staff(Base):
    """Who invigilates, assesses or supervises a sitting; none of them decides a step of it."""

    __tablename__ = "sitting_staff"
    __table_args__ = (
        UniqueConstraint("sitting_id", "number", name="uq_sitting_staff_number"),
        CheckConstraint(
            "duty IN ('invigilator','assessor','senior_assessor','supervisor')", name="duty"
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.case_id"))
    number: Mapped[int]
    duty: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    card_number: Mapped[str | None] = mapped_column(Text)
    person_ref: Mapped[str | None] = mapped_column(Text)


constraint_errors.register("uq_candidates_active_person", InAnotherSitting)
