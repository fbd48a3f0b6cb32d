"""Posting to the ledger. Every change of a budget goes through `post`."""

from collections.abc import Collection, Sequence

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from services.subsidy.budgets.errors import (
    BudgetExhausted,
    BudgetMissing,
    LedgerKeyReused,
    LedgerOutOfOrder,
)
from services.subsidy.budgets.model import Budget, BudgetBalance, LedgerEntry, LedgerTransaction
from services.subsidy.budgets.rules import (
    NOT_IN_A_CLOSED_YEAR,
    Account,
    Balances,
    Overdraft,
    Posting,
    entries_of,
    first_overdraft,
)
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id
from shared.kernel.money import yuan


def post(session: Session, clock: Clock, actor: Actor, postings: Sequence[Posting]) -> int:
    """Post all or none, in four statements however many; answer how many were new.

    A posting whose kind and subject are in the ledger already changes nothing. Raises
    BudgetExhausted, LedgerOutOfOrder, LedgerKeyReused, BudgetMissing.
    """
    if not postings:
        return 0
    budgets = locked_budgets(session, {posting.budget_id for posting in postings})
    new = _not_yet_posted(session, postings)
    if not new:
        return 0
    for posting in new:
        if posting.kind in NOT_IN_A_CLOSED_YEAR:
            budgets[posting.budget_id].ensure_open()
    overdraft = first_overdraft(_balances(session, set(budgets)), new)
    if overdraft is not None:
        raise _refusal(overdraft, budgets[overdraft.posting.budget_id])
    _write(session, clock, actor, new)
    return len(new)


def locked_budgets(session: Session, identifiers: Collection[str]) -> dict[str, Budget]:
    """By id, the nearest first: always in this order, so that two transactions over the same
    budgets cannot lock each other out. Raises BudgetMissing."""
    # No stronger than the foreign keys of rows just inserted (an entitlement names its budget):
    # plain FOR UPDATE would wait for those of another reservation, which waits for this one.
    rows = session.scalars(
        select(Budget)
        .where(Budget.id.in_(identifiers))
        .order_by(Budget.id.desc())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    budgets = {row.id: row for row in rows}
    for missing in sorted(set(identifiers) - set(budgets)):
        fund, region, year = missing.split(":")
        raise BudgetMissing(fund=fund, region=region, year=year)
    return budgets


def _not_yet_posted(session: Session, postings: Sequence[Posting]) -> list[Posting]:
    wanted = {(str(posting.kind), posting.subject): posting for posting in postings}
    rows = session.execute(
        select(
            LedgerTransaction.kind,
            LedgerTransaction.subject,
            LedgerTransaction.budget_id,
            LedgerTransaction.amount_fen,
        ).where(tuple_(LedgerTransaction.kind, LedgerTransaction.subject).in_(list(wanted)))
    )
    for kind, subject, budget, amount_fen in rows:
        posting = wanted.pop((kind, subject))
        if (posting.budget_id, posting.amount_fen) != (budget, amount_fen):
            raise LedgerKeyReused(kind=kind, subject=subject)
    return list(wanted.values())


def _balances(session: Session, budgets: set[str]) -> Balances:
    rows = session.execute(
        select(BudgetBalance.budget_id, BudgetBalance.account, BudgetBalance.balance_fen).where(
            BudgetBalance.budget_id.in_(budgets)
        )
    )
    return {(budget, Account(account)): fen for budget, account, fen in rows}


def _refusal(overdraft: Overdraft, budget: Budget) -> BudgetExhausted | LedgerOutOfOrder:
    if overdraft.account == Account.AVAILABLE:
        return BudgetExhausted(
            fund=budget.fund,
            region=budget.region,
            year=budget.year,
            available=yuan(overdraft.balance_fen),
            needed=yuan(overdraft.needed_fen),
        )
    return LedgerOutOfOrder(
        account=overdraft.account, kind=overdraft.posting.kind, subject=overdraft.posting.subject
    )


def _write(session: Session, clock: Clock, actor: Actor, postings: Sequence[Posting]) -> None:
    now = clock.now()
    transactions, entries = [], []
    for posting in postings:
        identifier = new_id()
        transactions.append(
            {
                "id": identifier,
                "kind": str(posting.kind),
                "subject": posting.subject,
                "budget_id": posting.budget_id,
                "amount_fen": posting.amount_fen,
                "posted_by": actor.person_ref,
                "posted_at_utc": now,
            }
        )
        entries += [
            {
                "transaction_id": identifier,
                "number": number,
                "budget_id": posting.budget_id,
                "account": str(account),
                "amount_fen": amount_fen,
            }
            for number, (account, amount_fen) in enumerate(entries_of(posting), start=1)
        ]
    # RETURNING lets SQLAlchemy write each list in one statement instead of a row at a time
    session.execute(insert(LedgerTransaction).returning(LedgerTransaction.id), transactions)
    session.execute(insert(LedgerEntry).returning(LedgerEntry.number), entries)
