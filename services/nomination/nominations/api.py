"""What a nomination shows beside every case: the experts' scores, once all have scored."""

from typing import Any

from services.nomination.nominations.queries import decided_score, panel_scores
from services.nomination.nominations.schemas import ScoresOut
from shared.approvals.queries import visible_case
from shared.persistence import Sessions
from shared.web.access import current_actor, signed_in
from shared.web.api import Blueprint


def nomination_routes(sessions: Sessions) -> Blueprint:
    routes = Blueprint("nominations", __name__, description="Nominations 推荐申报")
    _read(routes, sessions)
    return routes


def _read(routes: Any, sessions: Sessions) -> None:
    @routes.get("/cases/<case_id>/scores")
    @routes.response(200, ScoresOut)
    @signed_in
    def scores_of_case(case_id: str) -> Any:
        """Each expert's score; none before the panel is complete."""
        with sessions.begin() as session:
            visible_case(session, case_id, current_actor())
            return {
                "items": panel_scores(session, case_id),
                "mean": decided_score(session, case_id),
            }
