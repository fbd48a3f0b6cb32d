"""Closing a year: what is left over is returned or carried by a document, and nothing is
reserved or committed in it any more."""

from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.budgets.documents import document_number
from services.subsidy.budgets.entering import (
    appropriate,
    note_document,
    open_budget,
    reduce_budget,
)
from services.subsidy.budgets.errors import (
    BudgetDocumentMissing,
    BudgetNotFound,
    StillReserved,
    YearNotOver,
)
from services.subsidy.budgets.handlers import locked_budgets
from services.subsidy.budgets.model import Budget
from services.subsidy.budgets.queries import position_of
from services.subsidy.budgets.rules import Account
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.queries import holds_money_of
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock


class Leftover(StrEnum):
    RETURNED = "returned"
    CARRIED = "carried"


def close_budget(
    session: Session,
    clock: Clock,
    actor: Actor,
    identifier: str,
    *,
    leftover: Leftover,
    document_no: str,
    reason: str = "",
) -> Budget:
    """What is available is returned (a reduction) or carried into the next year's budget. What is
    instructed may still be settled; what comes back is returned by a reduction. Raises
    BudgetNotFound, BudgetClosed, YearNotOver, StillReserved."""
    budget = _locked(session, clock, identifier, leftover)
    budget.ensure_open()
    if clock.today().year <= budget.year:
        raise YearNotOver(year=budget.year, next=budget.year + 1)
    number = document_number(document_no)
    if not number:
        raise BudgetDocumentMissing(field="document_no")
    position = position_of(session, budget)
    if position[Account.RESERVED]:
        raise StillReserved(
            count=_reservations(session, identifier), reserved_fen=position[Account.RESERVED]
        )
    left = position[Account.AVAILABLE]
    if left:
        reduce_budget(
            session, clock, actor, identifier, amount_fen=left, document_no=number, reason=reason
        )
    if left and leftover == Leftover.CARRIED:
        appropriate(
            session,
            clock,
            actor,
            fund=budget.fund,
            region=budget.region,
            year=budget.year + 1,
            amount_fen=left,
            document_no=number,
        )
    budget.close(clock.now())
    action = f"budget_closed_{leftover}"
    note_document(session, clock, actor, budget, action, number, left, reason or None)
    session.flush()
    return budget


def _locked(session: Session, clock: Clock, identifier: str, leftover: Leftover) -> Budget:
    """With next year's, where something may be carried there: both in the order of all locks."""
    budget = session.get(Budget, identifier)
    if budget is None:
        raise BudgetNotFound(budget=identifier)
    wanted = [identifier]
    if leftover == Leftover.CARRIED:
        wanted.append(open_budget(session, clock, budget.fund, budget.region, budget.year + 1))
    return locked_budgets(session, wanted)[identifier]


def _reservations(session: Session, identifier: str) -> int:
    held = select(func.count()).where(holds_money_of(Entitlement.budget_id == identifier))
    return session.scalar(held) or 0
