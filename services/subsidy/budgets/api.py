"""Budgets over JSON: what they hold, and the finance bureau's appropriations."""

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
from services.subsidy.claims.handlers import fund_waiting
from services.subsidy.regions import ensure_office
from shared.approvals.office import CaseOffice
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
            found = positions(session, year=query["year"])
            return {"items": [budget_view(position) for position in found]}

    @routes.post("/budgets")
    @routes.arguments(AppropriationSchema)
    @routes.response(201, BudgetSchema)
    @requires(FINANCE_BUREAU)
    def enter_budget(body: dict[str, Any]) -> Response:
        """Enter a budget or supplement it; the same document number again changes nothing."""
        actor = current_actor()
        ensure_office(actor, FINANCE_BUREAU, body["region"])
        with sessions.begin() as session:

            def work() -> Answer:
                budget = appropriate(session, office.clock, actor, **body)
                session.flush()
                position = position_of(session, budget)
                return Answer(shown.dump(budget_view(position)), 201)

            answer = with_idempotency(session, actor, "enter_budget")(work).response()
        fund_those_waiting(sessions, office, body["region"])
        return answer

    return routes


def fund_those_waiting(sessions: Sessions, office: CaseOffice, region: str) -> None:
    """Claims that waited for this money. A transaction of its own: cases are locked before budgets,
    never after. Should it not come to that, the next batch that is made tries them again."""
    with sessions.begin() as session:
        fund_waiting(session, office, region=region)


def budget_view(position: BudgetPosition) -> dict[str, Any]:
    budget = position.budget
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
    }
