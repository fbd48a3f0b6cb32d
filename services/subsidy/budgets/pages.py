"""The page of budgets: what each holds, and the finance bureau's form to enter one."""

from flask import Blueprint, Response, make_response, render_template, request

from services.subsidy.batches.handlers import FINANCE_BUREAU
from services.subsidy.budgets.api import READERS, budget_view
from services.subsidy.budgets.handlers import appropriate
from services.subsidy.budgets.queries import positions
from services.subsidy.budgets.schemas import AppropriationSchema
from services.subsidy.claims.progress import funding_progress
from services.subsidy.claims.queue import waiting_for_money
from services.subsidy.regions import ensure_office
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError
from shared.kernel.money import parse_yuan
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.problems import problem_of

FIELDS = ("fund", "region", "year", "document_no")


def budget_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("budget_pages", __name__)

    @pages.get("/budgets")
    @requires(*READERS)
    def budgets() -> Response:
        return _page(sessions, office)

    @pages.post("/budgets")
    @requires(FINANCE_BUREAU)
    def post_budget() -> Response:
        actor = current_actor()
        try:
            given = {name: request.form.get(name, "") for name in FIELDS}
            fen = parse_yuan(request.form.get("amount", ""), field="amount")
            year = int(given["year"]) if given["year"].isdigit() else None
            body = AppropriationSchema().load({**given, "year": year, "amount_fen": fen})
            ensure_office(actor, FINANCE_BUREAU, body["region"])
            with sessions.begin() as session:

                def work() -> Answer:
                    appropriate(session, office.clock, actor, **body)
                    return Answer(None, 303, {"Location": "/subsidy/budgets"})

                return with_idempotency(session, actor, "enter_budget")(work).response()
        except DomainError as error:
            return _page(sessions, office, error)

    return pages


def _page(sessions: Sessions, office: CaseOffice, error: DomainError | None = None) -> Response:
    actor = current_actor()
    body = problem_of(error).body if error else {}
    with sessions() as session:
        waiting = waiting_for_money(session)
        shown = render_template(
            "budgets.html",
            items=[budget_view(position, waiting) for position in positions(session)],
            funding=funding_progress(session),
            regions=[m.region for m in actor.memberships if m.role == FINANCE_BUREAU],
            year=office.clock.today().year,
            values=request.form,
            errors=body.get("errors") or ([{"detail": body["detail"]}] if body else []),
        )
    return make_response(shown, 200 if error is None else error.status)
