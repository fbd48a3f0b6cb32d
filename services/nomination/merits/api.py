"""A person's merits over JSON: their own, and those of a case that one may see."""

from typing import Any

from sqlalchemy.orm import Session

from services.nomination.merits.queries import certificates_of, places_of
from services.nomination.merits.schemas import MeritsOut
from shared.approvals.queries import visible_case
from shared.persistence import Sessions
from shared.web.access import current_actor, signed_in
from shared.web.api import Blueprint


def merit_routes(sessions: Sessions) -> Blueprint:
    routes = Blueprint("merits", __name__, description="Certificates and competition results 业绩")
    _read(routes, sessions)
    return routes


def merits_view(session: Session, person_ref: str) -> dict[str, Any]:
    return {
        "certificates": certificates_of(session, person_ref),
        "competition_results": places_of(session, person_ref),
    }


def _read(routes: Any, sessions: Sessions) -> None:
    @routes.get("/merits")
    @routes.response(200, MeritsOut)
    @signed_in
    def my_merits() -> Any:
        """What is known of you: certificates and competition results, by event."""
        with sessions.begin() as session:
            return merits_view(session, current_actor().person_ref)

    @routes.get("/cases/<case_id>/merits")
    @routes.response(200, MeritsOut)
    @signed_in
    def merits_of_case(case_id: str) -> Any:
        """The nominee's certificates and competition results, for who may see the case."""
        with sessions.begin() as session:
            case = visible_case(session, case_id, current_actor())
            return merits_view(session, case.subject_ref)
