"""Budgets over JSON: what they hold, and the finance bureau's appropriations."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.subsidy.batches.handlers import FINANCE_BUREAU
from services.subsidy.budgets.handlers import appropriate
from services.subsidy.budgets.queries import BudgetPosition, position_of, positions
from services.subsidy.budgets.rules import Account
from services.subsidy.budgets.schemas import (
    AppropriationSchema,
    BudgetListSchema,
    BudgetQuery,
    BudgetSchema,
)
from services.subsidy.claims.progress import funding_progress
from services.subsidy.claims.queue import Waiting, waiting_for_money
from services.subsidy.regions import ensure_office
from shared.approvals.office import CaseOffice
from shared.kernel.region import covers
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency

READERS = (
    FINANCE_BUREAU,
    "bureau.payment_maker",
    "bureau.payment_approver",
    "bureau.leader",
    "finance.system",
    "auditor",
)


def budget_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("budgets", "budgets", description="Budgets 预算")
    shown = BudgetSchema()

    @routes.get("/budgets")
    @routes.arguments(BudgetQuery, location="query")
    @routes.response(200, BudgetListSchema)
    @requires(*READERS)
    def list_budgets(query: dict[str, Any]) -> Any:
        with sessions() as session:
            found, waiting = positions(session, year=query["year"]), waiting_for_money(session)
            items = [budget_view(position, waiting) for position in found]
            return {"items": items, "funding": funding_progress(session)}

    @routes.post("/budgets")
    @routes.arguments(AppropriationSchema)
    @routes.response(201, BudgetSchema)
    @requires(FINANCE_BUREAU)
    def enter_budget(body: dict[str, Any]) -> Response:
        """Enter a budget or supplement it; the same document number again changes nothing. Claims
        that waited for the money have it soon after, in the order of their submission."""
        actor = current_actor()
        ensure_office(actor, FINANCE_BUREAU, body["region"])
        with sessions.begin() as session:

            def work() -> Answer:
                budget = appropriate(session, office.clock, actor, **body)
                session.flush()
                position = position_of(session, budget)
                view = budget_view(position, waiting_for_money(session))
                return Answer(shown.dump(view), 201)

            return with_idempotency(session, actor, "enter_budget")(work).response()

    return routes


def budget_view(position: BudgetPosition, waiting: Sequence[Waiting]) -> dict[str, Any]:
    """`waiting`: those who wait for money, of all places."""
    budget = position.budget
    within = [
        each for each in waiting if each.fund == budget.fund and covers(budget.region, each.region)
    ]
    return {
        "id": budget.id,
        "fund": budget.fund,
        "region": budget.region,
        "year": budget.year,
        "appropriated_fen": -position[Account.APPROPRIATION],
        "available_fen": position[Account.AVAILABLE],
        "reserved_fen": position[Account.RESERVED],
        "committed_fen": position[Account.COMMITTED],
        "disbursed_fen": position[Account.DISBURSED],
        "waiting_count": sum(each.count for each in within),
        "waiting_fen": sum(each.fen for each in within),
    }
