"""Whether a claim that waits for funds has its entitlement, budget and payment."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.kernel.errors import DomainError
from shared.persistence import Base


class FundingState(StrEnum):
    WAITING = "waiting"
    FUNDED = "funded"
    RELEASED = "released"


class ClaimFunding(Base):
    """WAITING keeps the reason (an exhausted budget, say) until a later attempt succeeds."""

    __tablename__ = "claim_fundings"
    __table_args__ = (
        Index(
            "ix_claim_fundings_waiting",
            "region",
            "scheme",
            "case_id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    state: Mapped[FundingState] = mapped_column(Text, default=FundingState.WAITING)
    problem_code: Mapped[str | None] = mapped_column(Text)
    problem_zh: Mapped[str | None] = mapped_column(Text)
    problem_en: Mapped[str | None] = mapped_column(Text)
    changed_at_utc: Mapped[datetime]

    def fund(self, at: datetime) -> None:
        self.state, self.changed_at_utc = FundingState.FUNDED, at
        self.problem_code = self.problem_zh = self.problem_en = None

    def wait(self, at: datetime, problem: DomainError) -> None:
        self.state, self.changed_at_utc = FundingState.WAITING, at
        self.problem_code = problem.code
        self.problem_zh, self.problem_en = problem.text("zh"), problem.text("en")

    def release(self, at: datetime) -> None:
        self.state, self.changed_at_utc = FundingState.RELEASED, at
