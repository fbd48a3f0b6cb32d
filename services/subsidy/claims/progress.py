"""What people see of those who wait for money: each with its reason as it is now, how many they
are, and how far the money that came has been given out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.budgets.allotting import available_money, shortage
from services.subsidy.budgets.rules import Need, allot
from services.subsidy.claims.errors import FundsInOrder
from services.subsidy.claims.model import ClaimFunding, FundingRound, FundingState
from services.subsidy.claims.queue import FOR_MONEY, left_to_move
from shared.kernel.text import Text


@dataclass(frozen=True)
class Reason:
    code: str
    says: Text


def reasons_now(session: Session, year: int, fundings: Sequence[ClaimFunding]) -> dict[str, Reason]:
    """By case. What budgets hold has changed since a claim was last tried; other reasons stand."""
    needs = {
        each.case_id: Need(each.case_id, each.fund, each.region, each.amount_fen)
        for each in fundings
        if each.problem_code in FOR_MONEY and each.fund and each.amount_fen
    }
    available = available_money(session, year, needs.values()) if needs else {}
    reasons = {}
    for each in fundings:
        need = needs.get(each.case_id)
        if need is None:
            says = Text(each.problem_zh or "", each.problem_en or "")
            reasons[each.case_id] = Reason(each.problem_code or "", says)
            continue
        covered = allot([need], available)
        problem = FundsInOrder(case=need.key) if covered else shortage(need, year, available)
        reasons[each.case_id] = Reason(problem.code, Text(problem.text("zh"), problem.text("en")))
    return reasons


def funding_progress(session: Session, year: int) -> dict[str, Any]:
    """`under_way`: claims are being funded now; the counts are of this round, or of the last.
    `to_move`: what earlier years reserved and this year's money does not cover yet."""
    waiting, fen = session.execute(
        select(func.count(), func.coalesce(func.sum(ClaimFunding.amount_fen), 0)).where(
            ClaimFunding.state == FundingState.WAITING
        )
    ).one()
    latest = session.scalars(
        select(FundingRound)
        .order_by(FundingRound.opened_at_utc.desc(), FundingRound.id.desc())
        .limit(1)
    ).first()
    to_move, to_move_fen = left_to_move(session, year=year)
    return {
        "to_move_count": to_move,
        "to_move_fen": to_move_fen,
        "waiting_count": waiting,
        "waiting_fen": int(fen or 0),
        "under_way": latest is not None and latest.closed_at_utc is None,
        "funded_count": latest.funded_count if latest else 0,
        "funded_fen": latest.funded_fen if latest else 0,
        "opened_at_utc": latest.opened_at_utc if latest else None,
        "closed_at_utc": latest.closed_at_utc if latest else None,
    }
