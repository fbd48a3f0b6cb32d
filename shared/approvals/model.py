"""A case, its steps, the human tasks they open and the decisions taken: the only place where
the status of any of them changes. Knows no web, no bus, no workflow engine.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from shared.approvals.errors import CaseNotOpen, TaskTaken, WrongState
from shared.kernel.actor import Actor
from shared.persistence import Base, EncryptedJSON

case_numbers = Sequence("case_numbers", metadata=Base.metadata)


class CaseStatus(StrEnum):
    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class StepStatus(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    """The states of WS-HumanTask that this system uses."""

    READY = "ready"
    RESERVED = "reserved"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


CLOSED = (CaseStatus.APPROVED, CaseStatus.REFUSED, CaseStatus.WITHDRAWN)
OBJECTION = "objection"
OPEN_TASK = (TaskStatus.READY, TaskStatus.RESERVED)


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

    def touch(self, now: datetime) -> None:
        """Bump the version although nothing else of the case changes."""
        self.changed_at_utc = now
        flag_modified(self, "changed_at_utc")

    def _move(self, to: CaseStatus, now: datetime, *, only_from: tuple[CaseStatus, ...]) -> None:
        if self.status not in only_from:
            raise CaseNotOpen(case=self.id, status=self.status)
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


class CaseStep(Base):
    """One step of one case in one round; a step returned to is opened again in a new round."""

    __tablename__ = "case_steps"
    __table_args__ = (
        UniqueConstraint("case_id", "key", "round", name="uq_case_steps_case_key"),
        Index(
            "ix_case_steps_provisional",
            "case_id",
            postgresql_where=text("due_provisional AND status = 'open'"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    round: Mapped[int]
    status: Mapped[StepStatus] = mapped_column(Text, default=StepStatus.OPEN)
    outcome: Mapped[str | None] = mapped_column(Text)
    notice_id: Mapped[str | None] = mapped_column(Text, index=True)
    opened_at_utc: Mapped[datetime]
    due_at_utc: Mapped[datetime | None]
    due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    escalated_at_utc: Mapped[datetime | None]
    completed_at_utc: Mapped[datetime | None]

    tasks: Mapped[list["Task"]] = relationship(back_populates="step", order_by="Task.seat")

    def complete(self, now: datetime, outcome: str) -> None:
        """An objection still open outlives its notice: it holds whom it concerns, nobody else."""
        self._end(StepStatus.COMPLETED, now, outcome)
        for task in self.tasks:
            if task.status in OPEN_TASK and task.kind != OBJECTION:
                task.cancel(now)

    def cancel(self, now: datetime) -> None:
        self._end(StepStatus.CANCELLED, now, None)

    def _end(self, to: StepStatus, now: datetime, outcome: str | None) -> None:
        if self.status != StepStatus.OPEN:
            raise WrongState(thing=self.key, status=self.status)
        self.status, self.outcome, self.completed_at_utc = to, outcome, now


class Task(Base):
    """A human task (待办): one decision asked of one office. `seat` tells apart the tasks of
    one step: the offices of an opinions step, the experts of a panel, an objection."""

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("step_id", "seat", name="uq_tasks_step_seat"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    step_id: Mapped[str] = mapped_column(ForeignKey("case_steps.id"))
    step_key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(Text)
    may: Mapped[list[str]]
    status: Mapped[TaskStatus] = mapped_column(Text, default=TaskStatus.READY)
    reserved_by: Mapped[str | None] = mapped_column(Text)
    reserved_by_name: Mapped[str | None] = mapped_column(Text)
    opened_at_utc: Mapped[datetime]
    due_at_utc: Mapped[datetime | None]
    completed_at_utc: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    step: Mapped[CaseStep] = relationship(back_populates="tasks")
    candidates: Mapped[list["TaskCandidate"]] = relationship(
        back_populates="task", cascade="all, delete-orphan"
    )
    decision: Mapped["Decision | None"] = relationship(back_populates="task")

    def claim(self, by: Actor) -> None:
        if self.status == TaskStatus.RESERVED and self.reserved_by == by.person_ref:
            return
        if self.status != TaskStatus.READY:
            raise TaskTaken(by=self.holder)
        self.status = TaskStatus.RESERVED
        self.reserved_by, self.reserved_by_name = by.person_ref, by.name

    def release(self, by: Actor) -> None:
        if self.status != TaskStatus.RESERVED or self.reserved_by != by.person_ref:
            raise TaskTaken(by=self.holder)
        self.status, self.reserved_by, self.reserved_by_name = TaskStatus.READY, None, None

    def complete(self, by: Actor, now: datetime) -> None:
        if self.status == TaskStatus.RESERVED and self.reserved_by != by.person_ref:
            raise TaskTaken(by=self.holder)
        if self.status not in OPEN_TASK:
            raise TaskTaken(by=self.holder)
        self.status, self.completed_at_utc = TaskStatus.COMPLETED, now
        self.reserved_by, self.reserved_by_name = by.person_ref, by.name
        self._leave_worklists()

    def cancel(self, now: datetime) -> None:
        self.status, self.completed_at_utc = TaskStatus.CANCELLED, now
        self._leave_worklists()

    def _leave_worklists(self) -> None:
        for candidate in self.candidates:
            candidate.open = False

    @property
    def holder(self) -> str:
        if self.decision is not None:
            return self.decision.decided_by_name
        return self.reserved_by_name or "—"


class TaskCandidate(Base):
    """A potential owner of a task: a role in an organisation or in a region at a level.

    Carries the order of the worklist (due first, then task) so that one index answers a page
    for one membership, however many tasks are open.
    """

    __tablename__ = "task_candidates"
    __table_args__ = (
        CheckConstraint(
            "(organisation IS NULL) <> (region IS NULL)", name="organisation_or_region"
        ),
        Index(
            "ix_task_candidates_by_region",
            "role",
            "region",
            "level",
            "due_at_utc",
            "task_id",
            postgresql_where=text("open AND organisation IS NULL"),
        ),
        Index(
            "ix_task_candidates_by_organisation",
            "role",
            "organisation",
            "due_at_utc",
            "task_id",
            postgresql_where=text("open AND organisation IS NOT NULL"),
        ),
    )

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(Text)
    due_at_utc: Mapped[datetime]
    open: Mapped[bool] = mapped_column(default=True)

    task: Mapped[Task] = relationship(back_populates="candidates")


class Decision(Base):
    """What one person decided, when, why, and in which office. Never changed."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("task_id", name="uq_decisions_task_id"),
        Index("ix_decisions_case_person", "case_id", "decided_by"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    step_id: Mapped[str] = mapped_column(ForeignKey("case_steps.id"), index=True)
    step_key: Mapped[str] = mapped_column(Text)
    seat: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    decided_by: Mapped[str] = mapped_column(Text)
    decided_by_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    decided_at_utc: Mapped[datetime]

    task: Mapped[Task] = relationship(back_populates="decision")


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
