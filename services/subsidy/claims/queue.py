"""Those who wait for money, in the order written: who submitted first comes first, of one moment
the lower case number. A claim that no budget covers keeps its place and holds nobody up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from services.subsidy.budgets.allotting import covered
from services.subsidy.budgets.errors import BudgetExhausted, BudgetMissing
from services.subsidy.budgets.rules import places_above
from services.subsidy.claims.errors import AmountUnknown, FundingFailed, FundsInOrder
from services.subsidy.claims.model import ClaimFunding, FundingState
from shared.approvals.errors import FindingNotMet, FindingUnknown

# What money, or nothing but its turn, can cure.
FOR_MONEY = (BudgetMissing.code, BudgetExhausted.code, FundsInOrder.code)
FAILED_IS_TRIED_AGAIN_AFTER = timedelta(hours=1)

_NEXT = text(f"""
    SELECT f.case_id FROM claim_fundings f
    JOIN cases c ON c.id = f.case_id AND c.status = 'in_progress'
    WHERE f.state = 'waiting' AND (
        f.fund IS NULL
        OR (f.problem_code = ANY(:for_money) AND {covered("f")})
        OR (f.problem_code = ANY(:for_findings) AND NOT EXISTS (
            SELECT 1 FROM case_findings w WHERE w.case_id = f.case_id AND w.passed IS NOT TRUE))
        OR (f.problem_code = :for_amount AND c.amount_fen > 0)
        OR (f.problem_code = :failed AND f.changed_at_utc < :failed_before))
    ORDER BY f.submitted_at_utc NULLS FIRST, f.case_id
    LIMIT :count
""")
_BEFORE = text(f"""
    SELECT EXISTS (
        SELECT 1 FROM claim_fundings f
        WHERE f.state = 'waiting' AND f.fund = :fund AND f.problem_code = ANY(:for_money)
          AND (f.submitted_at_utc, f.case_id) < (:submitted, :case_id)
          AND {covered("f", "AND b.region = ANY(:places)")})
""")
# Reserved in an earlier year, neither sent nor given back: the new year's money is first for these.
_RESERVED_BEFORE = """
    FROM entitlements e
    JOIN budgets o ON o.id = e.budget_id AND o.year < :year
    JOIN budget_balances r ON r.budget_id = o.id AND r.account = 'reserved' AND r.balance_fen > 0
    JOIN cases c ON c.id = e.case_id
    WHERE e.state <> 'released' AND NOT EXISTS (
        SELECT 1 FROM payments p
        WHERE p.entitlement_id = e.id AND p.state IN ('instructed', 'unknown', 'settled'))"""
_NEXT_TO_MOVE = text(f"""
    SELECT e.id, e.case_id {_RESERVED_BEFORE} AND {covered("e")}
    ORDER BY c.submitted_at_utc, e.case_id LIMIT :count
""")
_IS_RESERVED = text("""
    SELECT EXISTS (
        SELECT 1 FROM budgets o
        JOIN budget_balances r ON r.budget_id = o.id AND r.account = 'reserved'
        WHERE o.year < :year AND r.balance_fen > 0)
""")
_TO_MOVE = text(f"SELECT count(*), coalesce(sum(e.amount_fen), 0) {_RESERVED_BEFORE}")


@dataclass(frozen=True)
class Waiting:
    """How many claims of a place wait for money of a fund, and how much they ask for."""

    fund: str
    region: str
    count: int
    fen: int


def next_in_line(session: Session, *, now: datetime, year: int, count: int) -> list[str]:
    """The cases, first come first, that the year's money could cover if each stood alone, or whose
    other reason to wait has gone."""
    values = {
        "for_money": list(FOR_MONEY),
        "for_findings": [FindingNotMet.code, FindingUnknown.code],
        "for_amount": AmountUnknown.code,
        "failed": FundingFailed.code,
        "failed_before": now - FAILED_IS_TRIED_AGAIN_AFTER,
    }
    return list(session.scalars(_NEXT, {**values, "year": year, "count": count}))


def next_to_move(session: Session, *, year: int, count: int) -> Sequence[Row[str, str]]:
    """(entitlement, case) of earlier years' reservations that this year's money covers."""
    return session.execute(_NEXT_TO_MOVE, {"year": year, "count": count}).all()


def is_reserved_before(session: Session, *, year: int) -> bool:
    """Some earlier year's budget still holds what was reserved in it."""
    return bool(session.scalar(_IS_RESERVED, {"year": year}))


def left_to_move(session: Session, *, year: int) -> tuple[int, int]:
    """How many reservations of earlier years there are still, and of how many fen."""
    count, fen = session.execute(_TO_MOVE, {"year": year}).one()
    return int(count), int(fen)


def somebody_is_before(session: Session, funding: ClaimFunding, *, year: int) -> bool:
    """A claim that comes before this one could be paid of money that could pay this one."""
    session.flush()
    if is_reserved_before(session, year=year) and next_to_move(session, year=year, count=1):
        return True
    values = {
        "for_money": list(FOR_MONEY),
        "year": year,
        "fund": funding.fund,
        "submitted": funding.submitted_at_utc,
        "case_id": funding.case_id,
        "places": list(places_above(funding.region)),
    }
    return bool(session.scalar(_BEFORE, values))


def waiting_for_money(session: Session) -> Sequence[Waiting]:
    rows = session.execute(
        select(
            ClaimFunding.fund,
            ClaimFunding.region,
            func.count(),
            func.coalesce(func.sum(ClaimFunding.amount_fen), 0),
        )
        .where(ClaimFunding.state == FundingState.WAITING, ClaimFunding.problem_code.in_(FOR_MONEY))
        .group_by(ClaimFunding.fund, ClaimFunding.region)
        .order_by(ClaimFunding.fund, ClaimFunding.region)
    )
    return [Waiting(fund or "", region, count, int(fen or 0)) for fund, region, count, fen in rows]
