"""The page of what speaks against payments, with a leader's settlement of each."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from services.subsidy.claims.handlers import end_claim_as_leader
from services.subsidy.contradictions.queries import contradiction_view, contradictions_page
from services.subsidy.contradictions.rules import PAID_AGAINST_THE_RECORD
from services.subsidy.contradictions.settling import LEADER, settle_contradiction
from services.subsidy.payments.queries import READERS
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of
from shared.web.problems import problem_of
from shared.web.queries import PageAfter, asked, one_of, takes

LIMIT = 50


class StateQuery(PageAfter):
    state = one_of("open", "settled")


def contradiction_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("contradiction_pages", __name__)

    @pages.get("/contradictions")
    @takes(StateQuery)
    @requires(*READERS)
    def contradictions() -> Response:
        return _list_page(sessions)

    def act(action: str, handle: Callable[[Session, Actor, str], object]) -> Response:
        actor, reason = current_actor(), request.form.get("reason", "")
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    handle(session, actor, reason)
                    return Answer(None, 303, {"Location": "/subsidy/contradictions"})

                return with_idempotency(session, actor, action)(work).response()
        except DomainError as error:
            return _list_page(sessions, error)

    @pages.post("/contradictions/<contradiction_id>/settlement")
    @requires(LEADER)
    def settle(contradiction_id: str) -> Response:
        return act(
            f"settle contradiction {contradiction_id}",
            lambda session, actor, reason: settle_contradiction(
                session, office, contradiction_id, reason, actor
            ),
        )

    @pages.post("/claims/<case_id>/release")
    @requires(LEADER)
    def end(case_id: str) -> Response:
        """A leader ends a claim whose money was not sent, or came back."""
        return act(
            f"end claim {case_id}",
            lambda session, actor, reason: end_claim_as_leader(
                session, office, case_id, reason, actor
            ),
        )

    return pages


def _list_page(sessions: Sessions, error: DomainError | None = None) -> Response:
    actor, cursor = current_actor(), asked().get("after")
    settled = asked().get("state") == "settled"
    after = decode_cursor(cursor, str)[0] if cursor else None
    with sessions() as session:
        rows = contradictions_page(session, actor, after=after, limit=LIMIT, settled=settled)
        page = page_of(rows, LIMIT, lambda each: (each.id,))
        items = [contradiction_view(each) for each in page.items]
    errors: list[dict[str, Any]] = []
    if error is not None:
        body = problem_of(error).body
        errors = body.get("errors") or [{"detail": body["detail"], "remedy": body.get("remedy")}]
    shown = render_template(
        "contradictions.html",
        items=items,
        settled=settled,
        next=page.next,
        first=bool(cursor),
        may_settle=actor.has_role(LEADER),
        paid=PAID_AGAINST_THE_RECORD,
        errors=errors,
    )
    return make_response(shown, 200 if error is None else error.status)
