"""Those who wait for money, in the order written: who submitted first comes first, of one moment
the lower case number. A claim that no budget covers keeps its place and holds nobody up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.subsidy.budgets.errors import BudgetExhausted, BudgetMissing
from services.subsidy.budgets.rules import places_above
from services.subsidy.claims.errors import AmountUnknown, FundingFailed, FundsInOrder
from services.subsidy.claims.model import ClaimFunding, FundingState
from shared.approvals.errors import FindingNotMet, FindingUnknown

# What money, or nothing but its turn, can cure.
FOR_MONEY = (BudgetMissing.code, BudgetExhausted.code, FundsInOrder.code)
FAILED_IS_TRIED_AGAIN_AFTER = timedelta(hours=1)

# f: a claim that waits; its budget may be that of its place, or of the places above it
_COVERED = """
    f.problem_code = ANY(:for_money) AND EXISTS (
        SELECT 1 FROM budgets b
        JOIN budget_balances k ON k.budget_id = b.id AND k.account = 'available'
        WHERE b.fund = f.fund AND b.year = :year AND k.balance_fen >= f.amount_fen
          AND b.region IN (f.region, left(f.region, 4) || '00',
                           left(f.region, 2) || '0000', '000000')"""
_NEXT = text(f"""
    SELECT f.case_id FROM claim_fundings f
    JOIN cases c ON c.id = f.case_id AND c.status = 'in_progress'
    WHERE f.state = 'waiting' AND (
        f.fund IS NULL
        OR ({_COVERED}))
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
        WHERE f.state = 'waiting' AND f.fund = :fund
          AND (f.submitted_at_utc, f.case_id) < (:submitted, :case_id)
          AND {_COVERED} AND b.region = ANY(:places)))
""")


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


def somebody_is_before(session: Session, funding: ClaimFunding, *, year: int) -> bool:
    """A claim that comes before this one could be paid of money that could pay this one."""
    session.flush()
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
