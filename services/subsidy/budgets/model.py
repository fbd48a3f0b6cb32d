"""Budgets and their ledger. Entries are only ever added: triggers in migrations/ledger_triggers.py
refuse anything else, keep `budget_balances` equal to the entries, and see that each transaction
sums to zero.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.subsidy.budgets.errors import BudgetClosed
from shared.persistence import Base


class Budget(Base):
    """One fund of one region in one year. Its row is the lock under which postings are checked.
    Once closed, nothing is appropriated, reserved or committed in it."""

    __tablename__ = "budgets"
    __table_args__ = (
        UniqueConstraint("fund", "region", "year", name="uq_budgets_fund_region_year"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    fund: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    opened_at_utc: Mapped[datetime]
    closed_at_utc: Mapped[datetime | None]

    @property
    def state(self) -> str:
        return "open" if self.closed_at_utc is None else "closed"

    def ensure_open(self) -> None:
        if self.closed_at_utc is not None:
            raise BudgetClosed(fund=self.fund, region=self.region, year=self.year)

    def close(self, at: datetime) -> None:
        """For good: a trigger refuses to open it again. Raises BudgetClosed."""
        self.ensure_open()
        self.closed_at_utc = at


class BudgetBalance(Base):
    """What one account of a budget holds (fen). Written by the ledger's trigger alone."""

    __tablename__ = "budget_balances"
    __table_args__ = (
        CheckConstraint("account = 'appropriation' OR balance_fen >= 0", name="not_overdrawn"),
    )

    budget_id: Mapped[str] = mapped_column(ForeignKey("budgets.id"), primary_key=True)
    account: Mapped[str] = mapped_column(Text, primary_key=True)
    balance_fen: Mapped[int] = mapped_column(BigInteger)


class LedgerTransaction(Base):
    """`kind` and `subject` together are the idempotency key: a replay changes nothing."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (
        UniqueConstraint("kind", "subject", name="uq_ledger_transactions_kind_subject"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    budget_id: Mapped[str] = mapped_column(ForeignKey("budgets.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    posted_by: Mapped[str] = mapped_column(Text)
    posted_at_utc: Mapped[datetime]


class LedgerEntry(Base):
    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="not_zero"),
        Index("ix_ledger_entries_budget_account", "budget_id", "account"),
    )

    transaction_id: Mapped[str] = mapped_column(
        ForeignKey("ledger_transactions.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    budget_id: Mapped[str] = mapped_column(ForeignKey("budgets.id"))
    account: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
