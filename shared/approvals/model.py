"""A case, the people it concerns, the document it began under and what its rules found: the only
place where a case's status changes. Knows no web, no bus, no workflow engine.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Sequence, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from shared.approvals.errors import CaseClosed, CaseNotOpen
from shared.kernel.actor import Actor
from shared.kernel.clock import shanghai_date
from shared.persistence import Base, EncryptedJSON

case_numbers = Sequence("case_numbers", metadata=Base.metadata)


class CaseStatus(StrEnum):
    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CLOSED = (CaseStatus.APPROVED, CaseStatus.REFUSED, CaseStatus.WITHDRAWN)


class Case(Base):
    """One application going through one procedure.

    `form` holds what may be shown to every office, `personal` what is encrypted (identity
    number, account, phone). `regions` names each jurisdiction that a step may ask for
    (case, employer, insured_place, …) by its six-digit code.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_applicant", "applicant_ref", "id"),
        Index("ix_cases_subject", "subject_ref", "id"),
        Index("ix_cases_employer", "employer", "id"),
        Index("ix_cases_procedure_status", "procedure", "status", "id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    procedure: Mapped[str] = mapped_column(Text)
    procedure_version: Mapped[str] = mapped_column(Text)
    procedure_digest: Mapped[str] = mapped_column(
        ForeignKey("procedure_texts.digest", name="fk_cases_procedure_digest")
    )
    status: Mapped[CaseStatus] = mapped_column(Text, default=CaseStatus.DRAFT)
    applicant_ref: Mapped[str] = mapped_column(Text)
    applicant_name: Mapped[str] = mapped_column(Text)
    subject_ref: Mapped[str] = mapped_column(Text)
    subject_name: Mapped[str] = mapped_column(Text)
    submitted_by: Mapped[str | None] = mapped_column(Text)
    employer: Mapped[str | None] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    regions: Mapped[dict[str, Any]]
    form: Mapped[dict[str, Any]]
    personal: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    amount_fen: Mapped[int | None]
    current_step: Mapped[str | None] = mapped_column(Text)
    round: Mapped[int] = mapped_column(Integer, default=1)
    resume_at: Mapped[str | None] = mapped_column(Text)
    outcome_reason: Mapped[str | None] = mapped_column(Text)
    external_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts_fetched_at_utc: Mapped[datetime | None]
    opened_at_utc: Mapped[datetime]
    submitted_at_utc: Mapped[datetime | None]
    closed_at_utc: Mapped[datetime | None]
    changed_at_utc: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    # Every change of a case, and so every transaction that writes an outbox row for it, bumps
    # the version under the row's lock: that keeps the order of its messages (decision 1).
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def closed(self) -> bool:
        return self.status in CLOSED

    def not_open(self) -> CaseNotOpen:
        """The error of an act that the case's status does not allow, with since when."""
        if self.closed_at_utc is None:
            return CaseNotOpen(case=self.id, status=self.status)
        day = shanghai_date(self.closed_at_utc)
        return CaseClosed(case=self.id, status=self.status, day=day)

    def touch(self, now: datetime) -> None:
        """Bump the version although nothing else of the case changes."""
        self.changed_at_utc = now
        flag_modified(self, "changed_at_utc")

    def _move(self, to: CaseStatus, now: datetime, *, only_from: tuple[CaseStatus, ...]) -> None:
        if self.status not in only_from:
            raise self.not_open()
        self.status = to
        self.changed_at_utc = now

    def submit(self, now: datetime, by: Actor) -> None:
        self._move(CaseStatus.IN_PROGRESS, now, only_from=(CaseStatus.DRAFT,))
        self.submitted_at_utc = now
        self.submitted_by = by.person_ref

    def return_for_correction(self, now: datetime, at_step: str, reason: str) -> None:
        self._move(CaseStatus.RETURNED, now, only_from=(CaseStatus.IN_PROGRESS,))
        self.resume_at = at_step
        self.outcome_reason = reason

    def resubmit(self, now: datetime, resume_at: str) -> None:
        self._move(CaseStatus.IN_PROGRESS, now, only_from=(CaseStatus.RETURNED,))
        self.resume_at = resume_at
        self.round += 1
        self.outcome_reason = None

    def go_back(self, now: datetime, to_step: str) -> None:
        """To a step that has to be done anew, in a new round."""
        self._move(CaseStatus.IN_PROGRESS, now, only_from=(CaseStatus.IN_PROGRESS,))
        self.resume_at = to_step
        self.round += 1

    def approve(self, now: datetime) -> None:
        self._move(CaseStatus.APPROVED, now, only_from=(CaseStatus.IN_PROGRESS,))
        self.closed_at_utc = now
        self.current_step = None

    def refuse(self, now: datetime, reason: str) -> None:
        self._move(CaseStatus.REFUSED, now, only_from=(CaseStatus.IN_PROGRESS, CaseStatus.RETURNED))
        self.closed_at_utc = now
        self.outcome_reason = reason

    def withdraw(self, now: datetime, reason: str) -> None:
        self._move(
            CaseStatus.WITHDRAWN,
            now,
            only_from=(CaseStatus.DRAFT, CaseStatus.IN_PROGRESS, CaseStatus.RETURNED),
        )
        self.closed_at_utc = now
        self.outcome_reason = reason


class CasePerson(Base):
    """A person whom the case concerns and who therefore may decide nothing in it: applicant,
    submitter, nominee, roster member, trainer (decision 3)."""

    __tablename__ = "case_people"
    __table_args__ = (Index("ix_case_people_person", "person_ref", "case_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    person_ref: Mapped[str] = mapped_column(Text, primary_key=True)
    part: Mapped[str] = mapped_column(Text)


class ProcedureText(Base):
    """The document of every procedure version under which a case ever began, word for word:
    a case keeps its version although the file in the catalogue changes or goes away."""

    __tablename__ = "procedure_texts"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class CaseFinding(Base):
    """What a rule found about a case when it was last evaluated, with the facts it used."""

    __tablename__ = "case_findings"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(Text)
    passed: Mapped[bool | None]
    facts: Mapped[dict[str, Any]]
    clause: Mapped[str] = mapped_column(Text)
    clause_en: Mapped[str] = mapped_column(Text)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    remedy_zh: Mapped[str | None] = mapped_column(Text)
    remedy_en: Mapped[str | None] = mapped_column(Text)
    evaluated_at_utc: Mapped[datetime]
