"""Contradictions over JSON: the list of the offices, and their settlement."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.subsidy.contradictions.queries import contradiction_view, contradictions_page
from services.subsidy.contradictions.schemas import (
    ContradictionPageSchema,
    ContradictionQuery,
    ContradictionSchema,
    SettlementSchema,
)
from services.subsidy.contradictions.settling import LEADER, settle_contradiction
from services.subsidy.payments.queries import READERS
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of


def contradiction_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("contradictions", "contradictions", description="Contradictions 款项存疑")
    shown = ContradictionSchema()

    @routes.get("/contradictions")
    @routes.arguments(ContradictionQuery, location="query")
    @routes.response(200, ContradictionPageSchema)
    @requires(*READERS)
    def list_contradictions(query: dict[str, Any]) -> Any:
        """What speaks against payments of one's regions, newest first; open ones by default."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        with sessions() as session:
            rows = contradictions_page(
                session,
                current_actor(),
                after=after,
                limit=query["limit"],
                settled=query["state"] == "settled",
            )
            page = page_of(rows, query["limit"], lambda each: (each.id,))
            items = [contradiction_view(each) for each in page.items]
            return {"items": items, "next": page.next}

    @routes.post("/contradictions/<contradiction_id>/settlement")
    @routes.arguments(SettlementSchema)
    @routes.response(200, ContradictionSchema)
    @requires(LEADER)
    def settle(body: dict[str, Any], contradiction_id: str) -> Response:
        """A leader has looked into it. Nothing is deleted."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                found = settle_contradiction(
                    session, office, contradiction_id, body["reason"], actor
                )
                return Answer(shown.dump(contradiction_view(found)))

            action = f"settle contradiction {contradiction_id}"
            return with_idempotency(session, actor, action)(work).response()

    return routes
