"""The page of doubts: what speaks against what was issued, with the two ways to decide it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from shared.approvals.office import CaseOffice
from shared.doubts.handlers import let_stand
from shared.doubts.queries import doubts_page
from shared.doubts.rules import Settlers
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of
from shared.web.problems import problem_of
from shared.web.queries import PageAfter, asked, one_of, takes

LIMIT = 50
Revoke = Callable[[Session, str, str, Actor], object]


class StateQuery(PageAfter):
    state = one_of("open", "settled")


def doubt_pages(
    sessions: Sessions, office: CaseOffice, settlers: Settlers, revoke: Revoke
) -> Blueprint:
    """`revoke(session, number, reason, by)` takes back what is in doubt, which settles it."""
    pages = Blueprint("doubt_pages", __name__, template_folder="templates")

    @pages.get("/doubts")
    @takes(StateQuery)
    @requires(settlers.role)
    def doubts() -> Response:
        return _list_page(sessions, office, settlers)

    def act(action: str, handle: Callable[[Session, Actor, str], object]) -> Response:
        actor, reason = current_actor(), request.form.get("reason", "")
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    handle(session, actor, reason)
                    return Answer(None, 303, {"Location": f"/{office.service}/doubts"})

                return with_idempotency(session, actor, action)(work).response()
        except DomainError as error:
            return _list_page(sessions, office, settlers, error)

    @pages.post("/doubts/<doubt_id>/settlement")
    @requires(settlers.role)
    def settle(doubt_id: str) -> Response:
        return act(
            f"settle doubt {doubt_id}",
            lambda session, actor, reason: let_stand(
                session, office.clock, settlers, doubt_id, reason, actor
            ),
        )

    @pages.post("/doubts/revocation")
    @requires(settlers.role)
    def take_back() -> Response:
        number = request.form.get("number", "")
        return act(
            f"revoke {number}",
            lambda session, actor, reason: revoke(session, number, reason, actor),
        )

    return pages


def _list_page(
    sessions: Sessions, office: CaseOffice, settlers: Settlers, error: DomainError | None = None
) -> Response:
    actor, cursor = current_actor(), asked().get("after")
    settled = asked().get("state") == "settled"
    after = decode_cursor(cursor, str)[0] if cursor else None
    with sessions() as session:
        rows = doubts_page(session, settlers, actor, after=after, limit=LIMIT, settled=settled)
        page = page_of(rows, LIMIT, lambda each: (each.id,))
    errors: list[dict[str, Any]] = []
    if error is not None:
        body = problem_of(error).body
        errors = body.get("errors") or [{"detail": body["detail"], "remedy": body.get("remedy")}]
    shown = render_template(
        "doubts.html",
        items=page.items,
        settled=settled,
        next=page.next,
        first=bool(cursor),
        service=office.service,
        errors=errors,
    )
    return make_response(shown, 200 if error is None else error.status)
