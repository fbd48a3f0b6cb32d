"""The honour roll over JSON: open to anyone; taking an honour back is for its office."""

from datetime import date
from typing import Any

from services.nomination.honours import queries
from services.nomination.honours.handlers import revoke_honour
from services.nomination.honours.rules import REVOKERS
from services.nomination.honours.schemas import (
    HonourOut,
    HonourPageOut,
    HonourQuery,
    HonourWithBenefitsOut,
    RevocationIn,
)
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, public, requires, signed_in
from shared.web.api import Blueprint
from shared.web.paging import decode_cursor, page_of
from shared.web.queries import ensure_known


def honour_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("honours", __name__, description="Honours 荣誉")
    _read(routes, sessions, office)
    _act(routes, sessions, office)
    return routes


def _read(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    @routes.get("/honours")
    @routes.arguments(HonourQuery, location="query")
    @routes.response(200, HonourPageOut)
    @public
    def list_honours(query: dict[str, Any]) -> Any:
        """The honour roll: valid honours, newest first."""
        after = decode_cursor(query["after"], date, str) if query["after"] else None
        with sessions.begin() as session:
            if query["programme"]:
                programmes = {each.id for each in office.catalogue.all()}
                programmes |= queries.programmes_conferred(session)
                ensure_known("programme", query["programme"], programmes)
            rows = queries.honour_roll(
                session, after=after, limit=query["limit"], programme=query["programme"]
            )
            return page_of(rows, query["limit"], lambda one: (one.conferred_on, one.honour_no))

    @routes.get("/honours/mine")
    @routes.response(200, HonourOut(many=True))
    @signed_in
    def list_my_honours() -> Any:
        """Your own honours, revoked ones included."""
        with sessions.begin() as session:
            return queries.honours_of(session, current_actor().person_ref)

    @routes.get("/honours/<honour_no>")
    @routes.response(200, HonourWithBenefitsOut)
    @public
    def show_honour(honour_no: str) -> Any:
        """One honour by its number, with what it brings."""
        with sessions.begin() as session:
            return queries.honour(session, honour_no)


def _act(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    @routes.post("/honours/<honour_no>/revocation")
    @routes.arguments(RevocationIn)
    @routes.response(200, HonourWithBenefitsOut)
    @requires(*REVOKERS)
    def revoke(body: dict[str, Any], honour_no: str) -> Any:
        """Take an honour back, with the reason."""
        with sessions.begin() as session:
            return revoke_honour(
                session, honour_no, body["reason"], by=current_actor(), clock=office.clock
            )
