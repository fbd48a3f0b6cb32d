"""What budgets hold, and whether the kept balances agree with the entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.budgets.model import Budget, BudgetBalance, LedgerEntry, LedgerTransaction
from services.subsidy.budgets.rules import Account


@dataclass(frozen=True)
class BudgetPosition:
    budget: Budget
    balances: dict[Account, int]

    def __getitem__(self, account: Account) -> int:
        return self.balances.get(account, 0)


def positions(session: Session, *, year: int | None = None) -> list[BudgetPosition]:
    query = select(Budget).order_by(Budget.year.desc(), Budget.region, Budget.fund)
    budgets = list(session.scalars(query if year is None else query.where(Budget.year == year)))
    held: dict[str, dict[Account, int]] = {}
    for row in session.scalars(
        select(BudgetBalance).where(BudgetBalance.budget_id.in_([each.id for each in budgets]))
    ):
        held.setdefault(row.budget_id, {})[Account(row.account)] = row.balance_fen
    return [BudgetPosition(each, held.get(each.id, {})) for each in budgets]


def position_of(session: Session, budget: Budget) -> BudgetPosition:
    rows = session.scalars(
        select(BudgetBalance)
        .where(BudgetBalance.budget_id == budget.id)
        .execution_options(populate_existing=True)
    )
    return BudgetPosition(budget, {Account(row.account): row.balance_fen for row in rows})


def differences(session: Session) -> Sequence[tuple[str, str, int, int]]:
    """(budget, account, kept balance, sum of entries) wherever the two are not the same."""
    sums = (
        select(
            LedgerEntry.budget_id,
            LedgerEntry.account,
            func.sum(LedgerEntry.amount_fen).label("fen"),
        )
        .group_by(LedgerEntry.budget_id, LedgerEntry.account)
        .subquery()
    )
    join = sums.outerjoin(
        BudgetBalance,
        (BudgetBalance.budget_id == sums.c.budget_id) & (BudgetBalance.account == sums.c.account),
    )
    kept = func.coalesce(BudgetBalance.balance_fen, 0)
    rows = session.execute(
        select(sums.c.budget_id, sums.c.account, kept, sums.c.fen)
        .select_from(join)
        .where(kept != sums.c.fen)
    )
    return [(budget, account, int(had), int(should)) for budget, account, had, should in rows]


def unbalanced_transactions(session: Session) -> list[str]:
    """Transactions that do not sum to zero; empty unless somebody went past the triggers."""
    total = func.coalesce(func.sum(LedgerEntry.amount_fen), 0)
    return list(
        session.scalars(
            select(LedgerTransaction.id)
            .outerjoin(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
            .group_by(LedgerTransaction.id)
            .having((total != 0) | (func.count(LedgerEntry.number) < 2))
        )
    )
