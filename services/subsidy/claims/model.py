"""Whether a claim that waits for funds has its entitlement, budget and payment, and how far the
money that arrives has been given out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.kernel.errors import DomainError
from shared.persistence import Base


class FundingState(StrEnum):
    WAITING = "waiting"
    FUNDED = "funded"
    RELEASED = "released"


class ClaimFunding(Base):
    """WAITING keeps the reason (an exhausted budget, say) until a later attempt succeeds. Its place
    among those who wait is (submitted_at_utc, case_id), and stays."""

    __tablename__ = "claim_fundings"
    __table_args__ = (
        Index(
            "ix_claim_fundings_waiting",
            "submitted_at_utc",
            "case_id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    fund: Mapped[str | None] = mapped_column(Text)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    submitted_at_utc: Mapped[datetime | None]
    state: Mapped[FundingState] = mapped_column(Text, default=FundingState.WAITING)
    problem_code: Mapped[str | None] = mapped_column(Text)
    problem_zh: Mapped[str | None] = mapped_column(Text)
    problem_en: Mapped[str | None] = mapped_column(Text)
    changed_at_utc: Mapped[datetime]

    def ask(self, fund: str, amount_fen: int | None, submitted: datetime | None) -> None:
        """What it needs, as it is known now; the place that it has stays."""
        self.fund, self.amount_fen = fund, amount_fen
        self.submitted_at_utc = self.submitted_at_utc or submitted

    def fund_it(self, at: datetime) -> None:
        self.state, self.changed_at_utc = FundingState.FUNDED, at
        self.problem_code = self.problem_zh = self.problem_en = None

    def wait(self, at: datetime, problem: DomainError) -> None:
        self.state, self.changed_at_utc = FundingState.WAITING, at
        self.problem_code = problem.code
        self.problem_zh, self.problem_en = problem.text("zh"), problem.text("en")

    def release(self, at: datetime) -> None:
        self.state, self.changed_at_utc = FundingState.RELEASED, at


class FundingRound(Base):
    """From the first claim that arriving money could pay for to the moment when it can pay for no
    other: what was done, for people to see. What is left to do is in `claim_fundings` alone."""

    __tablename__ = "funding_rounds"
    __table_args__ = (
        Index(
            "uq_funding_rounds_open",
            text("(closed_at_utc IS NULL)"),
            unique=True,
            postgresql_where=text("closed_at_utc IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    opened_at_utc: Mapped[datetime]
    closed_at_utc: Mapped[datetime | None]
    funded_count: Mapped[int] = mapped_column(default=0)
    funded_fen: Mapped[int] = mapped_column(BigInteger, default=0)

    def add(self, count: int, fen: int) -> None:
        self.funded_count += count
        self.funded_fen += fen

    def close(self, at: datetime) -> None:
        self.closed_at_utc = at
