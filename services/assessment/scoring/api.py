"""Scores and staff over JSON and .xlsx."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.assessment.scoring.handlers import ScoreEntry, enter_scores, lock_scores
from services.assessment.scoring.schemas import (
    SCORE_SHEET,
    EnteredSchema,
    ScoresSchema,
    StaffListSchema,
)
from services.assessment.scoring.staff import StaffEntry, record_staff
from services.assessment.sittings import queries, views
from services.assessment.sittings.api import spreadsheet, uploaded
from services.assessment.sittings.handlers import ensure_acts_for
from services.assessment.sittings.schemas import SittingSchema, StaffingListSchema
from services.assessment.spreadsheets.reading import Row, read_rows
from services.assessment.spreadsheets.writing import XLSX, write_sheet
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.languages import language

SCORER = "organisation.officer"


def scoring_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("scoring", "scoring", description="成绩 / scores")
    _score_routes(routes, sessions, office)
    _lock_routes(routes, sessions, office)
    return routes


def _score_routes(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    def enter(sitting_id: str, entries: list[ScoreEntry]) -> Response:
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                return Answer(
                    {"entered": enter_scores(session, office, sitting_id, entries, actor)}
                )

            return with_idempotency(session, actor, f"scores {sitting_id}")(work).response()

    @routes.put("/sittings/<sitting_id>/scores")
    @routes.arguments(ScoresSchema)
    @routes.response(200, EnteredSchema)
    @requires(SCORER)
    def put_scores(body: dict[str, Any], sitting_id: str) -> Response:
        """All of them or none; until they are locked, entering again replaces."""
        return enter(sitting_id, [ScoreEntry(**each) for each in body["scores"]])

    @routes.post("/sittings/<sitting_id>/scores/import")
    @routes.response(200, EnteredSchema)
    @requires(SCORER)
    def import_scores(sitting_id: str) -> Response:
        """multipart/form-data with the file `scores` (.xlsx, the sitting's own score sheet)."""
        return enter(sitting_id, entries_of(read_rows(uploaded("scores"), SCORE_SHEET)))

    @routes.get("/sittings/<sitting_id>/score-sheet.xlsx")
    @routes.response(200, content_type=XLSX)
    @requires(SCORER)
    def score_sheet(sitting_id: str) -> Response:
        """The candidates with what is entered so far."""
        lang = language()
        with sessions.begin() as session:
            view = queries.sitting_view(session, office, sitting_id, current_actor())
            ensure_acts_for(current_actor(), view.sitting)
            lines = [views.line_shown(line) for line in view.lines]
        rows = [[each["number"], each["name"], each["theory"], each["practical"]] for each in lines]
        content = write_sheet("成绩" if lang == "zh" else "Scores", SCORE_SHEET, rows, lang)
        return spreadsheet(content, f"scores-{sitting_id}.xlsx")


def _lock_routes(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    shown = SittingSchema()

    @routes.post("/sittings/<sitting_id>/scores/lock")
    @routes.response(200, SittingSchema)
    @requires(SCORER)
    def lock(sitting_id: str) -> Response:
        """Once and for ever; the case then goes on."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                lock_scores(session, office, sitting_id, actor)
                session.flush()
                view = queries.sitting_view(session, office, sitting_id, actor)
                return Answer(shown.dump(views.view_shown(view)))

            return with_idempotency(session, actor, f"lock {sitting_id}")(work).response()

    @routes.put("/sittings/<sitting_id>/staff")
    @routes.arguments(StaffListSchema)
    @routes.response(200, StaffingListSchema)
    @requires(SCORER)
    def put_staff(body: dict[str, Any], sitting_id: str) -> Any:
        """Who invigilates, assesses and supervises; answers with the findings on the ratios."""
        actor = current_actor()
        entries = [StaffEntry(**each) for each in body["staff"]]
        with sessions.begin() as session:
            record_staff(session, office, sitting_id, entries, actor)
            session.flush()
            view = queries.sitting_view(session, office, sitting_id, actor)
            return {"staffing": views.staffing_shown(view)}


def entries_of(rows: list[Row]) -> list[ScoreEntry]:
    return [
        ScoreEntry(
            number=row.cells["number"],
            theory=row.cells["theory"],
            practical=row.cells["practical"],
            name=str(row.cells["name"]),
            row=row.number,
        )
        for row in rows
    ]
