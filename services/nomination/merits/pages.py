"""Pages of merits: a person's own, and those of the nominee of a case with the experts' scores."""

from flask import Blueprint, render_template

from services.nomination.honours.queries import honours_of
from services.nomination.merits.queries import certificates_of, places_of
from services.nomination.nominations.queries import mean_score, panel_scores
from shared.approvals.queries import visible_case
from shared.persistence import Sessions
from shared.web.access import current_actor, signed_in


def merit_pages(sessions: Sessions) -> Blueprint:
    pages = Blueprint("merit_pages", __name__)

    @pages.get("/merits")
    @signed_in
    def my_merits() -> str:
        person = current_actor().person_ref
        with sessions.begin() as session:
            return render_template(
                "merits.html",
                certificates=certificates_of(session, person),
                places=places_of(session, person),
                honours=honours_of(session, person),
            )

    @pages.get("/cases/<case_id>/merits")
    @signed_in
    def merits_of_case(case_id: str) -> str:
        with sessions.begin() as session:
            case = visible_case(session, case_id, current_actor())
            return render_template(
                "nominee.html",
                case=case,
                certificates=certificates_of(session, case.subject_ref),
                places=places_of(session, case.subject_ref),
                honours=honours_of(session, case.subject_ref),
                scores=panel_scores(session, case_id),
                mean=mean_score(session, case_id),
            )

    return pages
