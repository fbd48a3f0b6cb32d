"""Competitions over JSON: read by anyone, opened and recorded by the office of their region."""

from datetime import date
from typing import Any

from flask import Response

from services.nomination.competitions import queries
from services.nomination.competitions.handlers import (
    cancel_competition,
    correct_rank,
    open_competition,
    record_results,
    withdraw_result,
)
from services.nomination.competitions.reading import read_competition, read_places
from services.nomination.competitions.rules import RECORDERS
from services.nomination.competitions.schemas import (
    CancellationIn,
    CompetitionIn,
    CompetitionOut,
    CompetitionPageOut,
    CompetitionWithResultsOut,
    RankCorrectionIn,
    ResultsIn,
)
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, public, requires
from shared.web.api import Blueprint
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import PageQuery, decode_cursor, page_of


def competition_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("competitions", __name__, description="Skill competitions 技能竞赛")
    _read(routes, sessions)
    _act(routes, sessions, office)
    return routes


def _read(routes: Any, sessions: Sessions) -> None:
    @routes.get("/competitions")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, CompetitionPageOut)
    @public
    def list_competitions(query: dict[str, Any]) -> Any:
        """Newest first."""
        after = decode_cursor(query["after"], date, str) if query["after"] else None
        with sessions.begin() as session:
            rows = queries.competitions(session, after=after, limit=query["limit"])
            return page_of(rows, query["limit"], lambda one: (one.held_on, one.id))

    @routes.get("/competitions/<competition_id>")
    @routes.response(200, CompetitionWithResultsOut)
    @public
    def show_competition(competition_id: str) -> Any:
        """A competition with its results, by rank."""
        with sessions.begin() as session:
            return queries.competition_with_results(session, competition_id)


def _act(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    @routes.post("/competitions")
    @routes.arguments(CompetitionIn)
    @routes.response(201, CompetitionOut)
    @requires(*RECORDERS)
    def open_one(body: dict[str, Any]) -> Response:
        """Register a competition of your region."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                command = read_competition(body)
                opened = open_competition(session, command, by=actor, clock=office.clock)
                return Answer(CompetitionOut().dump(opened), 201)

            return with_idempotency(session, actor, "open_competition")(work).response()

    @routes.post("/competitions/<competition_id>/results")
    @routes.arguments(ResultsIn)
    @routes.response(200, CompetitionWithResultsOut)
    @requires(*RECORDERS)
    def record(body: dict[str, Any], competition_id: str) -> Any:
        """Record results; sent again, they change nothing."""
        places = read_places(body["results"], office.person_ref_key)
        with sessions.begin() as session:
            record_results(session, competition_id, places, by=current_actor(), clock=office.clock)
            session.flush()
            return queries.competition_with_results(session, competition_id)

    @routes.post("/competitions/<competition_id>/results/<result_id>/correction")
    @routes.arguments(RankCorrectionIn)
    @routes.response(200, CompetitionWithResultsOut)
    @requires(*RECORDERS)
    def correct(body: dict[str, Any], competition_id: str, result_id: str) -> Any:
        """Correct a rank, with the reason; nominations that rest on it are judged anew."""
        actor = current_actor()
        with sessions.begin() as session:
            correct_rank(
                session,
                competition_id,
                result_id,
                body["rank"],
                body["reason"],
                by=actor,
                clock=office.clock,
            )
            session.flush()
            return queries.competition_with_results(session, competition_id)

    @routes.post("/competitions/<competition_id>/results/<result_id>/withdrawal")
    @routes.arguments(CancellationIn)
    @routes.response(200, CompetitionWithResultsOut)
    @requires(*RECORDERS)
    def withdraw(body: dict[str, Any], competition_id: str, result_id: str) -> Any:
        """Withdraw a result of a wrong person or name; the right one is recorded anew."""
        with sessions.begin() as session:
            withdraw_result(
                session,
                competition_id,
                result_id,
                body["reason"],
                by=current_actor(),
                clock=office.clock,
            )
            session.flush()
            return queries.competition_with_results(session, competition_id)

    @routes.post("/competitions/<competition_id>/cancellation")
    @routes.arguments(CancellationIn)
    @routes.response(200, CompetitionWithResultsOut)
    @requires(*RECORDERS)
    def cancel(body: dict[str, Any], competition_id: str) -> Any:
        """Cancel a competition, with the reason: its results count no longer."""
        actor = current_actor()
        with sessions.begin() as session:
            cancel_competition(
                session, competition_id, body["reason"], by=actor, clock=office.clock
            )
            session.flush()
            return queries.competition_with_results(session, competition_id)
