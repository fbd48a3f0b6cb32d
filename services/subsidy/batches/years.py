"""A batch holds payments of one budget year, the present one: no year's money is committed in
another. What an earlier year reserved moves to this year's budget first (claims/turning.py)."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.subsidy.batches.errors import OfAnotherYear
from services.subsidy.budgets.model import Budget
from services.subsidy.budgets.rules import budget_year
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from shared.kernel.clock import Clock


def of_this_year(year: int) -> ColumnElement[bool]:
    """Condition on `payments`."""
    return Payment.budget_id.in_(select(Budget.id).where(Budget.year == year))


def ensure_of_this_year(session: Session, clock: Clock, batch_id: str) -> None:
    """Raises OfAnotherYear: the batch was made before the turn of the year."""
    for row in session.execute(
        select(Payment.budget_id, Payment.case_id).where(
            Payment.batch_id == batch_id, Payment.state == PaymentState.PLANNED
        )
    ):
        ensure_of_year(clock.today().year, row.budget_id, row.case_id)


def ensure_of_year(year: int, budget_id: str, case_id: str) -> None:
    """Raises OfAnotherYear."""
    if budget_year(budget_id) != year:
        raise OfAnotherYear(case=case_id, year=year)
