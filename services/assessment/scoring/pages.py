"""The forms of the sitting page about scores and staff."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from services.assessment.scoring.api import SCORER, entries_of
from services.assessment.scoring.handlers import ScoreEntry, enter_scores, lock_scores
from services.assessment.scoring.rules import DUTIES
from services.assessment.scoring.schemas import SCORE_SHEET
from services.assessment.scoring.staff import StaffEntry, record_staff
from services.assessment.sittings.api import uploaded
from services.assessment.sittings.handlers import withdraw_candidate
from services.assessment.sittings.pages import sitting_page, to_sitting
from services.assessment.spreadsheets.reading import read_rows
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency


def scoring_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("scoring_pages", __name__)

    def act(sitting_id: str, action: str, handle: Callable[[Session], object]) -> Response:
        """Back to the sitting; or its page with what was wrong."""
        actor = current_actor()
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    handle(session)
                    return to_sitting(sitting_id)

                return with_idempotency(session, actor, f"{action} {sitting_id}")(work).response()
        except DomainError as error:
            return sitting_page(sessions, office, sitting_id, error)

    @pages.post("/sittings/<sitting_id>/scores")
    @requires(SCORER)
    def post_scores(sitting_id: str) -> Response:
        entries, actor = _written(), current_actor()
        return act(
            sitting_id, "scores", lambda s: enter_scores(s, office, sitting_id, entries, actor)
        )

    @pages.post("/sittings/<sitting_id>/scores/import")
    @requires(SCORER)
    def post_score_sheet(sitting_id: str) -> Response:
        actor = current_actor()

        def take_in(session: Session) -> None:
            entries = entries_of(read_rows(uploaded("scores"), SCORE_SHEET))
            enter_scores(session, office, sitting_id, entries, actor)

        return act(sitting_id, "scores", take_in)

    @pages.post("/sittings/<sitting_id>/scores/lock")
    @requires(SCORER)
    def post_lock(sitting_id: str) -> Response:
        actor = current_actor()
        return act(sitting_id, "lock", lambda s: lock_scores(s, office, sitting_id, actor))

    @pages.post("/sittings/<sitting_id>/candidates/withdrawal")
    @requires(SCORER)
    def post_withdrawal(sitting_id: str) -> Response:
        number, reason = request.form.get("number", ""), request.form.get("reason", "")
        actor = current_actor()
        return act(
            sitting_id,
            "withdraw",
            lambda s: withdraw_candidate(s, office, sitting_id, number, reason, actor),
        )

    @pages.post("/sittings/<sitting_id>/staff")
    @requires(SCORER)
    def post_staff(sitting_id: str) -> Response:
        entries, actor = _staff(), current_actor()
        return act(
            sitting_id, "staff", lambda s: record_staff(s, office, sitting_id, entries, actor)
        )

    return pages


def _written() -> list[ScoreEntry]:
    """Fields theory-N and practical-N; lines left wholly empty are not entered."""
    numbers = [name.removeprefix("theory-") for name in request.form if name.startswith("theory-")]
    entries = [
        ScoreEntry(
            number, request.form[f"theory-{number}"], request.form.get(f"practical-{number}", "")
        )
        for number in numbers
    ]
    return [each for each in entries if str(each.theory).strip() or str(each.practical).strip()]


def _staff() -> list[StaffEntry]:
    """One text area a duty, a name a line."""
    return [
        StaffEntry(duty, name.strip()[:60])
        for duty in DUTIES
        for name in request.form.get(duty, "").splitlines()
        if name.strip()
    ]
