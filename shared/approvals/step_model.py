"""The steps of a case, the human tasks they open and the decisions taken: the only place where the
status of a step or a task changes. Knows no web, no bus, no workflow engine.
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
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shared.approvals.errors import NothingReserved, TaskReserved, TaskTaken, WrongState
from shared.kernel.actor import Actor
from shared.persistence import Base


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


OBJECTION = "objection"
OPEN_TASK = (TaskStatus.READY, TaskStatus.RESERVED)


# Where a worklist is ordered by due date, what has no due date comes last.
NEVER = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


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
    one step: the offices of an opinions step, the experts of a panel, an objection. `unstaffed`:
    since when nobody could take it (staffing.py)."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("step_id", "seat", name="uq_tasks_step_seat"),
        Index("ix_tasks_open", "id", postgresql_where=text("status IN ('ready', 'reserved')")),
        Index("ix_tasks_unstaffed", "id", postgresql_where=text("unstaffed_at_utc IS NOT NULL")),
    )

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
    unstaffed_at_utc: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    step: Mapped[CaseStep] = relationship(back_populates="tasks")
    candidates: Mapped[list["TaskCandidate"]] = relationship(
        back_populates="task", cascade="all, delete-orphan"
    )
    decision: Mapped["Decision | None"] = relationship(back_populates="task")

    def ask(
        self, role: str, organisation: str | None, region: str | None, level: str | None
    ) -> None:
        """Add a potential owner: an organisation's people, or an office of a region."""
        self.candidates.append(
            TaskCandidate(
                number=len(self.candidates) + 1,
                role=role,
                organisation=organisation,
                region=region,
                level=level,
                open=True,
                due_at_utc=self.due_at_utc or NEVER,
            )
        )

    def claim(self, by: Actor) -> None:
        if self.status == TaskStatus.RESERVED and self.reserved_by == by.person_ref:
            return
        if self.status == TaskStatus.RESERVED:
            raise TaskReserved(by=self.holder, task=self.id)
        self.take_over(by)

    def take_over(self, by: Actor) -> str | None:
        """The name of the other person who had reserved it; None where nobody else had."""
        if self.status not in OPEN_TASK:
            raise TaskTaken(by=self.holder)
        before = None if self.reserved_by == by.person_ref else self.reserved_by_name
        self.status = TaskStatus.RESERVED
        self.reserved_by, self.reserved_by_name = by.person_ref, by.name
        return before

    def release(self, by: Actor) -> None:
        if self.status != TaskStatus.RESERVED:
            raise NothingReserved()
        if self.reserved_by != by.person_ref:
            raise TaskReserved(by=self.holder, task=self.id)
        self.lapse()

    def lapse(self) -> str | None:
        """Ends a reservation; the name of who had it, None where nobody had."""
        if self.status != TaskStatus.RESERVED:
            return None
        before = self.reserved_by_name
        self.status, self.reserved_by, self.reserved_by_name = TaskStatus.READY, None, None
        return before

    def complete(self, by: Actor, now: datetime) -> None:
        if self.status == TaskStatus.RESERVED and self.reserved_by != by.person_ref:
            raise TaskReserved(by=self.holder, task=self.id)
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


class DecisionSetAside(Base):
    """A decision that no longer counts (recusal.py), why, and who said so. Never changed."""

    __tablename__ = "decisions_set_aside"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    set_aside_by: Mapped[str] = mapped_column(Text)
    set_aside_by_name: Mapped[str] = mapped_column(Text)
    set_aside_at_utc: Mapped[datetime]
