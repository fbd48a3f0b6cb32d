"""A skill competition (技能竞赛) and the places in it; both are corrected for a reason."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from services.nomination.competitions.errors import CompetitionAlreadyOpen, CompetitionCancelled
from shared.kernel.actor import Actor
from shared.kernel.ids import new_id
from shared.persistence import Base
from shared.persistence.constraint_errors import register


class Competition(Base):
    """`version` is bumped by every result, so that its events keep their order."""

    __tablename__ = "competitions"
    __table_args__ = (
        Index(
            "uq_competitions_title",
            "region",
            "occupation",
            "held_on",
            "title",
            unique=True,
            postgresql_where=text("cancelled_on IS NULL"),
        ),
        Index("ix_competitions_held_on", "held_on", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    tier: Mapped[str]
    occupation: Mapped[str]
    region: Mapped[str]
    held_on: Mapped[date]
    opened_by: Mapped[str]
    opened_at_utc: Mapped[datetime]
    results_count: Mapped[int] = mapped_column(default=0)
    cancelled_on: Mapped[date | None]
    cancelled_because: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    results: Mapped[list["CompetitionResult"]] = relationship(
        back_populates="competition",
        order_by="CompetitionResult.rank, CompetitionResult.id",
        cascade="all, delete-orphan",
    )

    def has_placed(self, person_ref: str) -> bool:
        return any(each.person_ref == person_ref for each in self.results)

    def was_recorded_by(self, person_ref: str) -> bool:
        return any(each.recorded_by == person_ref for each in self.results)

    def record(
        self, person_ref: str, holder_name: str, rank: int, by: Actor, now: datetime
    ) -> "CompetitionResult":
        self.ensure_stands()
        result = CompetitionResult(
            id=new_id(),
            person_ref=person_ref,
            holder_name=holder_name,
            rank=rank,
            recorded_by=by.person_ref,
            recorded_at_utc=now,
        )
        self.results.append(result)
        self.results_count += 1
        return result

    def ensure_stands(self) -> None:
        if self.cancelled_on is not None:
            raise CompetitionCancelled(on=self.cancelled_on.isoformat())

    def change(self, result: "CompetitionResult", rank: int) -> None:
        self.ensure_stands()
        result.rank = rank
        flag_modified(self, "results_count")  # its events keep their order

    def withdraw(self, result: "CompetitionResult") -> None:
        """It was recorded for a wrong person or under a wrong name: as if it never was."""
        self.ensure_stands()
        self.results.remove(result)
        self.results_count -= 1

    def cancel(self, on: date, reason: str) -> None:
        """Its results count no longer; they stay listed."""
        self.ensure_stands()
        self.cancelled_on, self.cancelled_because = on, reason


class CompetitionResult(Base):
    __tablename__ = "competition_results"
    __table_args__ = (
        UniqueConstraint("competition_id", "person_ref"),
        CheckConstraint("rank > 0", name="rank"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    competition_id: Mapped[str] = mapped_column(ForeignKey("competitions.id"))
    person_ref: Mapped[str]
    holder_name: Mapped[str]
    rank: Mapped[int]
    recorded_by: Mapped[str]
    recorded_at_utc: Mapped[datetime]

    competition: Mapped[Competition] = relationship(back_populates="results")


register("uq_competitions_title", CompetitionAlreadyOpen)
