"""Budgets over JSON: what they hold, and what the finance bureau's documents do to them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from services.subsidy.batches.handlers import FINANCE_BUREAU
from services.subsidy.budgets.closing import Leftover, close_budget
from services.subsidy.budgets.entering import (
    correct_document,
    documents_in,
    enter_budget,
    reduce_budget,
)
from services.subsidy.budgets.errors import BudgetNotFound
from services.subsidy.budgets.model import Budget
from services.subsidy.budgets.queries import BudgetPosition, position_of, positions
from services.subsidy.budgets.rules import Account
from services.subsidy.budgets.schemas import (
    AppropriationSchema,
    BudgetListSchema,
    BudgetQuery,
    BudgetSchema,
    BudgetWithDocumentsSchema,
    ClosingSchema,
    CorrectionSchema,
    ReductionSchema,
)
from services.subsidy.claims.progress import funding_progress
from services.subsidy.claims.queue import Waiting, waiting_for_money
from services.subsidy.regions import ensure_office
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
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

Handle = Callable[[Session, Clock, Actor, str], Budget]


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
            return {"items": items, "funding": funding_progress(session, office.clock.today().year)}

    @routes.post("/budgets")
    @routes.arguments(AppropriationSchema)
    @routes.response(201, BudgetSchema)
    @requires(FINANCE_BUREAU)
    def enter(body: dict[str, Any]) -> Response:
        """Enter a budget or supplement it; the same document number again changes nothing. Claims
        that waited for the money have it soon after, in the order of their submission."""
        actor = current_actor()
        ensure_office(office.directory, actor, FINANCE_BUREAU, body["region"])
        with sessions.begin() as session:

            def work() -> Answer:
                budget = enter_budget(session, office, actor, **body)
                session.flush()
                position = position_of(session, budget)
                view = budget_view(position, waiting_for_money(session))
                return Answer(shown.dump(view), 201)

            return with_idempotency(session, actor, "enter_budget")(work).response()

    _one_budget(routes, sessions, office)
    return routes


def _one_budget(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    shown = BudgetWithDocumentsSchema()

    @routes.get("/budgets/<budget_id>")
    @routes.response(200, BudgetWithDocumentsSchema)
    @requires(*READERS)
    def show_budget(budget_id: str) -> Any:
        """With the documents that it rests on."""
        with sessions() as session:
            return budget_with_documents(session, budget_of(session, budget_id))

    def act(budget_id: str, action: str, handle: Handle) -> Response:
        actor = current_actor()
        with sessions.begin() as session:
            ensure_office(
                office.directory, actor, FINANCE_BUREAU, budget_of(session, budget_id).region
            )

            def work() -> Answer:
                budget = handle(session, office.clock, actor, budget_id)
                session.flush()
                return Answer(shown.dump(budget_with_documents(session, budget)))

            return with_idempotency(session, actor, f"{action} {budget_id}")(work).response()

    @routes.post("/budgets/<budget_id>/reduction")
    @routes.arguments(ReductionSchema)
    @routes.response(200, BudgetWithDocumentsSchema)
    @requires(FINANCE_BUREAU)
    def reduce(body: dict[str, Any], budget_id: str) -> Response:
        """Take back by a document up to what is available (409 beyond, with the figures)."""
        return act(budget_id, "reduce", partial(reduce_budget, **body))

    @routes.post("/budgets/<budget_id>/correction")
    @routes.arguments(CorrectionSchema)
    @routes.response(200, BudgetWithDocumentsSchema)
    @requires(FINANCE_BUREAU)
    def correct(body: dict[str, Any], budget_id: str) -> Response:
        """Correct a document that was entered with a wrong amount: its entry is reversed and the
        right one entered; 0 takes it back."""
        return act(budget_id, "correct", partial(correct_document, **body))

    @routes.post("/budgets/<budget_id>/closing")
    @routes.arguments(ClosingSchema)
    @routes.response(200, BudgetWithDocumentsSchema)
    @requires(FINANCE_BUREAU)
    def close(body: dict[str, Any], budget_id: str) -> Response:
        """Close the year: what is left over is returned, or carried into the next year's budget."""
        leftover = Leftover(body.pop("leftover"))
        return act(budget_id, "close", partial(close_budget, leftover=leftover, **body))


def budget_of(session: Session, budget_id: str) -> Budget:
    """Raises BudgetNotFound."""
    budget = session.get(Budget, budget_id)
    if budget is None:
        raise BudgetNotFound(budget=budget_id)
    return budget


def budget_with_documents(session: Session, budget: Budget) -> dict[str, Any]:
    documents = [
        {
            "document_no": each.number,
            "kind": each.kind,
            "amount_fen": each.amount_fen,
            "entered_at_utc": each.entered_at,
            "corrections": each.corrections,
        }
        for each in documents_in(session, budget.id).values()
    ]
    position = position_of(session, budget)
    return {**budget_view(position, waiting_for_money(session)), "documents": documents}


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
        "state": budget.state,
        "closed_at_utc": budget.closed_at_utc,
        "appropriated_fen": -position[Account.APPROPRIATION],
        "available_fen": position[Account.AVAILABLE],
        "reserved_fen": position[Account.RESERVED],
        "committed_fen": position[Account.COMMITTED],
        "disbursed_fen": position[Account.DISBURSED],
        "waiting_count": sum(each.count for each in within),
        "waiting_fen": sum(each.fen for each in within),
    }
