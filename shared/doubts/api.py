"""Doubts over JSON: the list of the office, and its word that the thing stands."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from shared.approvals.office import CaseOffice
from shared.doubts.handlers import let_stand
from shared.doubts.queries import doubts_page
from shared.doubts.rules import Settlers
from shared.doubts.schemas import DoubtOut, DoubtPageOut, DoubtQuery, LetStandIn
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of


def doubt_routes(sessions: Sessions, office: CaseOffice, settlers: Settlers) -> Blueprint:
    routes = Blueprint("doubts", "doubts", description="Doubts 存疑")
    shown = DoubtOut()

    @routes.get("/doubts")
    @routes.arguments(DoubtQuery, location="query")
    @routes.response(200, DoubtPageOut)
    @requires(settlers.role)
    def list_doubts(query: dict[str, Any]) -> Any:
        """What speaks against things issued in one's regions, newest first; open by default."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        with sessions() as session:
            rows = doubts_page(
                session,
                settlers,
                current_actor(),
                after=after,
                limit=query["limit"],
                settled=query["state"] == "settled",
            )
            return page_of(rows, query["limit"], lambda each: (each.id,))

    @routes.post("/doubts/<doubt_id>/settlement")
    @routes.arguments(LetStandIn)
    @routes.response(200, DoubtOut)
    @requires(settlers.role)
    def settle(body: dict[str, Any], doubt_id: str) -> Response:
        """The office has looked into it and lets the thing stand, with the reason. To take it back
        instead, revoke it: that settles every doubt about it."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                found = let_stand(session, office.clock, settlers, doubt_id, body["reason"], actor)
                return Answer(shown.dump(found))

            return with_idempotency(session, actor, f"settle doubt {doubt_id}")(work).response()

    return routes
