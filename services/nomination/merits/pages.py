"""Merits on pages: a person's own page, and the part that the form and the case of a nomination
show beside their fields (templates/beside_case.html)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from services.nomination.honours.queries import honours_of
from services.nomination.merits.queries import certificates_of, places_of
from services.nomination.nominations.queries import decided_score, panel_scores
from shared.approvals.queries import visible_case
from shared.persistence import Sessions
from shared.web.access import current_actor, signed_in


def merit_pages(sessions: Sessions) -> Blueprint:
    pages = Blueprint("merit_pages", __name__)

    @pages.app_context_processor
    def beside_case() -> dict[str, Callable[..., dict[str, Any]]]:
        """Called by the template alone, so that other pages read nothing."""
        return {"merits_beside": lambda case_id: _beside(sessions, case_id)}

    @pages.get("/merits")
    @signed_in
    def my_merits() -> str:
        with sessions.begin() as session:
            return render_template("merits.html", **_merits(session, current_actor().person_ref))

    return pages


def _beside(sessions: Sessions, case_id: str | None) -> dict[str, Any]:
    """Of the nominee of the case; before there is a case, of who fills in the form."""
    with sessions.begin() as session:
        if case_id is None:
            return _merits(session, current_actor().person_ref)
        case = visible_case(session, case_id, current_actor())
        return {
            **_merits(session, case.subject_ref),
            "scores": panel_scores(session, case_id),
            "mean": decided_score(session, case_id),
        }


def _merits(session: Session, person_ref: str) -> dict[str, Any]:
    return {
        "certificates": certificates_of(session, person_ref),
        "places": places_of(session, person_ref),
        "honours": honours_of(session, person_ref),
    }
