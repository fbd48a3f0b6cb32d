"""The pages of budgets: what each holds, and the finance bureau's forms to enter, reduce, correct
and close one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import Schema
from sqlalchemy.orm import Session

from services.subsidy.batches.handlers import FINANCE_BUREAU
from services.subsidy.budgets.api import (
    READERS,
    budget_of,
    budget_view,
    budget_with_documents,
)
from services.subsidy.budgets.closing import Leftover, close_budget
from services.subsidy.budgets.entering import correct_document, enter_budget, reduce_budget
from services.subsidy.budgets.funds import known_funds
from services.subsidy.budgets.queries import positions
from services.subsidy.budgets.schemas import (
    AppropriationSchema,
    ClosingSchema,
    CorrectionSchema,
    ReductionSchema,
)
from services.subsidy.claims.progress import funding_progress
from services.subsidy.claims.queue import waiting_for_money
from services.subsidy.regions import ensure_office, holds
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError
from shared.kernel.money import parse_yuan
from shared.kernel.words import called
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.languages import language
from shared.web.problems import problem_of

Handle = Callable[[Session, Actor], object]


def budget_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("budget_pages", __name__)

    def act(action: str, where: str, handle: Handle) -> Response:
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                handle(session, actor)
                return Answer(None, 303, {"Location": where})

            return with_idempotency(session, actor, action)(work).response()

    def act_on(budget_id: str, action: str, handle: Callable[..., object]) -> Response:
        """What is wrong is said on the budget's page."""

        def work(session: Session, actor: Actor) -> None:
            ensure_office(
                office.directory, actor, FINANCE_BUREAU, budget_of(session, budget_id).region
            )
            handle(session, office.clock, actor, budget_id)

        return act(f"{action} {budget_id}", f"/subsidy/budgets/{budget_id}", work)

    @pages.get("/budgets")
    @requires(*READERS)
    def budgets() -> Response:
        return _page(sessions, office)

    @pages.post("/budgets")
    @requires(FINANCE_BUREAU)
    def post_budget() -> Response:
        try:
            body = _given(AppropriationSchema(), "fund", "region", "document_no")
            ensure_office(office.directory, current_actor(), FINANCE_BUREAU, body["region"])
            return act(
                "enter_budget",
                "/subsidy/budgets",
                lambda session, actor: enter_budget(session, office, actor, **body),
            )
        except DomainError as error:
            return _page(sessions, office, error)

    @pages.get("/budgets/<budget_id>")
    @requires(*READERS)
    def budget(budget_id: str) -> Response:
        return _budget_page(sessions, office, budget_id)

    @pages.post("/budgets/<budget_id>/reduction")
    @requires(FINANCE_BUREAU)
    def reduce(budget_id: str) -> Response:
        try:
            body = _given(ReductionSchema(), "document_no", "reason")
            return act_on(budget_id, "reduce", partial(reduce_budget, **body))
        except DomainError as error:
            return _budget_page(sessions, office, budget_id, error)

    @pages.post("/budgets/<budget_id>/correction")
    @requires(FINANCE_BUREAU)
    def correct(budget_id: str) -> Response:
        try:
            body = _given(CorrectionSchema(), "document_no", "reason")
            return act_on(budget_id, "correct", partial(correct_document, **body))
        except DomainError as error:
            return _budget_page(sessions, office, budget_id, error)

    @pages.post("/budgets/<budget_id>/closing")
    @requires(FINANCE_BUREAU)
    def close(budget_id: str) -> Response:
        try:
            body = _given(ClosingSchema(), "leftover", "document_no", "reason")
            body["leftover"] = Leftover(body["leftover"])
            return act_on(budget_id, "close", partial(close_budget, **body))
        except DomainError as error:
            return _budget_page(sessions, office, budget_id, error)

    return pages


def _given(schema: Schema, *names: str) -> dict[str, Any]:
    """What the form says, checked as the API's body is; `amount` in yuan, `year` in digits."""
    given: dict[str, Any] = {name: request.form.get(name, "") for name in names}
    if "amount_fen" in schema.fields:
        given["amount_fen"] = parse_yuan(request.form.get("amount", ""), field="amount")
    if "year" in schema.fields:
        year = request.form.get("year", "")
        given["year"] = int(year) if year.isdecimal() and len(year) < 6 else None
    loaded: dict[str, Any] = schema.load(given)
    return loaded


def _page(sessions: Sessions, office: CaseOffice, error: DomainError | None = None) -> Response:
    actor, today = current_actor(), office.clock.today()
    with sessions() as session:
        waiting = waiting_for_money(session)
        shown = render_template(
            "budgets.html",
            items=[budget_view(position, waiting) for position in positions(session)],
            funding=funding_progress(session, today.year),
            funds=[(each, called(each, language())) for each in known_funds(office.catalogue)],
            regions=[m.region for m in actor.memberships if m.role == FINANCE_BUREAU],
            year=today.year,
            values=request.form,
            errors=_errors(error),
        )
    return make_response(shown, 200 if error is None else error.status)


def _budget_page(
    sessions: Sessions, office: CaseOffice, budget_id: str, error: DomainError | None = None
) -> Response:
    with sessions() as session:
        budget = budget_of(session, budget_id)
        shown = render_template(
            "budget.html",
            budget=budget_with_documents(session, budget),
            may_act=holds(office.directory, current_actor(), FINANCE_BUREAU, budget.region),
            year_is_over=budget.year < office.clock.today().year,
            values=request.form,
            errors=_errors(error),
        )
    return make_response(shown, 200 if error is None else error.status)


def _errors(error: DomainError | None) -> list[Mapping[str, Any]]:
    if error is None:
        return []
    body = problem_of(error).body
    return body.get("errors") or [{"detail": body["detail"], "remedy": body.get("remedy")}]
