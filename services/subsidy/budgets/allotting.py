"""Which budgets pay for claims, and why none does."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.budgets.errors import BudgetExhausted, BudgetMissing
from services.subsidy.budgets.handlers import locked_budgets
from services.subsidy.budgets.model import Budget, BudgetBalance
from services.subsidy.budgets.rules import Account, Available, Need, allot, budget_id, places_above
from shared.kernel.money import yuan


def covered(alias: str, also: str = "") -> str:
    """SQL: the money of `:year` could pay, alone, for a row with fund, region and amount_fen; the
    budget may be that of its place, or of the places above it."""
    return f"""EXISTS (
        SELECT 1 FROM budgets b
        JOIN budget_balances k ON k.budget_id = b.id AND k.account = 'available'
        WHERE b.fund = {alias}.fund AND b.year = :year AND b.closed_at_utc IS NULL
          AND k.balance_fen >= {alias}.amount_fen
          AND b.region IN ({alias}.region, left({alias}.region, 4) || '00',
                           left({alias}.region, 2) || '0000', '000000') {also})"""


def allot_budgets(
    session: Session, year: int, needs: Sequence[Need], besides: Collection[str] = ()
) -> dict[str, str]:
    """The budget of each need that the year's money covers, by the need's key, in the order given.
    What is answered is locked, with the budgets `besides`; what somebody else took meanwhile is not
    answered."""
    chosen = allot(needs, available_money(session, year, needs))
    wanted = {need.key: need for need in needs}
    taken = {budget_id(wanted[key].fund, place, year) for key, place in chosen.items()}
    if not taken:
        return {}
    budgets = locked_budgets(session, taken | set(besides))
    locked = {(budgets[each].fund, budgets[each].region) for each in taken}
    left = available_money(session, year, needs)
    sure = allot(needs, {place: fen for place, fen in left.items() if place in locked})
    return {key: budget_id(wanted[key].fund, place, year) for key, place in sure.items()}


def available_money(session: Session, year: int, needs: Iterable[Need]) -> Available:
    """Of every budget of the year that could pay for one of the needs."""
    needs = list(needs)
    funds = {need.fund for need in needs}
    places = {place for need in needs for place in places_above(need.region)}
    rows = session.execute(
        select(Budget.fund, Budget.region, BudgetBalance.balance_fen)
        .join(BudgetBalance, BudgetBalance.budget_id == Budget.id)
        .where(
            Budget.fund.in_(funds),
            Budget.region.in_(places),
            Budget.year == year,
            Budget.closed_at_utc.is_(None),
            BudgetBalance.account == Account.AVAILABLE,
        )
    )
    return {(fund, region): fen for fund, region, fen in rows}


def shortage(need: Need, year: int, available: Available) -> BudgetMissing | BudgetExhausted:
    """Why no budget covers the need: there is none, or the one that holds most holds too little."""
    held = {
        place: available[need.fund, place]
        for place in places_above(need.region)
        if (need.fund, place) in available
    }
    if not held:
        return BudgetMissing(fund=need.fund, region=need.region, year=year)
    place = max(held, key=lambda each: held[each])
    return BudgetExhausted(
        fund=need.fund,
        region=place,
        year=year,
        available=yuan(held[place]),
        needed=yuan(need.amount_fen),
    )
