"""Pages of competitions: the list and one competition for anyone, two forms for its office."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from services.nomination.competitions import queries
from services.nomination.competitions.handlers import (
    cancel_competition,
    correct_rank,
    open_competition,
    record_results,
    withdraw_result,
)
from services.nomination.competitions.reading import read_competition, read_places
from services.nomination.competitions.rules import RECORDERS, TIERS, may_record_for
from services.nomination.competitions.schemas import (
    CancellationIn,
    CompetitionIn,
    RankCorrectionForm,
    ResultForm,
)
from services.nomination.forms import errors_shown, load_form
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.web.access import actor_or_none, current_actor, public, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of
from shared.web.queries import PageAfter, asked, takes

LIMIT = 50


def competition_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("competition_pages", __name__)
    _read(pages, sessions)
    _act(pages, sessions, office)
    return pages


def _read(pages: Blueprint, sessions: Sessions) -> None:
    @pages.get("/competitions")
    @takes(PageAfter)
    @public
    def competitions() -> str:
        cursor = asked()["after"]
        after = decode_cursor(cursor, date, str) if cursor else None
        with sessions.begin() as session:
            rows = queries.competitions(session, after=after, limit=LIMIT)
        page = page_of(rows, LIMIT, lambda one: (one.held_on, one.id))
        actor = actor_or_none()
        return render_template(
            "competitions.html",
            items=page.items,
            next=page.next,
            first=bool(cursor),
            may_open=actor is not None and any(actor.has_role(role) for role in RECORDERS),
        )

    @pages.get("/competitions/<competition_id>")
    @public
    def show_competition(competition_id: str) -> Response:
        return competition_page(sessions, competition_id)


def _act(pages: Blueprint, sessions: Sessions, office: CaseOffice) -> None:
    @pages.get("/competitions/new")
    @requires(*RECORDERS)
    def new_competition() -> str:
        return _form_page(None)

    @pages.post("/competitions/new")
    @requires(*RECORDERS)
    def post_competition() -> Response | tuple[str, int]:
        actor = current_actor()
        try:
            command = read_competition(load_form(CompetitionIn()))
            with sessions.begin() as session:

                def work() -> Answer:
                    opened = open_competition(session, command, by=actor, clock=office.clock)
                    return _to(opened.id)

                return with_idempotency(session, actor, "open_competition")(work).response()
        except DomainError as error:
            return _form_page(error), error.status

    @pages.post("/competitions/<competition_id>/results")
    @requires(*RECORDERS)
    def post_result(competition_id: str) -> Response:
        actor = current_actor()
        try:
            places = read_places([load_form(ResultForm())], office.person_ref_key)
            with sessions.begin() as session:

                def work() -> Answer:
                    record_results(session, competition_id, places, by=actor, clock=office.clock)
                    return _to(competition_id)

                return with_idempotency(session, actor, "record_result")(work).response()
        except DomainError as error:
            return competition_page(sessions, competition_id, error)

    def act(competition_id: str, action: str, handle: Callable[[Session, Actor], object]) -> Any:
        actor = current_actor()
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    handle(session, actor)
                    return _to(competition_id)

                return with_idempotency(session, actor, action)(work).response()
        except DomainError as error:
            return competition_page(sessions, competition_id, error)

    @pages.post("/competitions/<competition_id>/results/<result_id>/correction")
    @requires(*RECORDERS)
    def post_correction(competition_id: str, result_id: str) -> Any:
        return act(
            competition_id,
            f"correct {result_id}",
            lambda session, actor: correct_rank(
                session,
                competition_id,
                result_id,
                **load_form(RankCorrectionForm()),
                by=actor,
                clock=office.clock,
            ),
        )

    @pages.post("/competitions/<competition_id>/results/<result_id>/withdrawal")
    @requires(*RECORDERS)
    def post_withdrawal(competition_id: str, result_id: str) -> Any:
        return act(
            competition_id,
            f"withdraw {result_id}",
            lambda session, actor: withdraw_result(
                session,
                competition_id,
                result_id,
                **load_form(CancellationIn()),
                by=actor,
                clock=office.clock,
            ),
        )

    @pages.post("/competitions/<competition_id>/cancellation")
    @requires(*RECORDERS)
    def post_cancellation(competition_id: str) -> Any:
        return act(
            competition_id,
            f"cancel {competition_id}",
            lambda session, actor: cancel_competition(
                session,
                competition_id,
                **load_form(CancellationIn()),
                by=actor,
                clock=office.clock,
            ),
        )


def competition_page(
    sessions: Sessions, competition_id: str, error: DomainError | None = None
) -> Response:
    """With the form for a result, for who may record one."""
    with sessions.begin() as session:
        competition = queries.competition_with_results(session, competition_id)
    actor = actor_or_none()
    page = render_template(
        "competition.html",
        competition=competition,
        may_record=actor is not None
        and competition.cancelled_on is None
        and not competition.has_placed(actor.person_ref)
        and may_record_for(actor.memberships, competition.region),
        values=request.form,
        errors=errors_shown(error),
    )
    return make_response(page, 200 if error is None else error.status)


def _form_page(error: DomainError | None) -> str:
    values: dict[str, Any] = dict(request.form)
    return render_template(
        "competition_new.html", tiers=list(TIERS), values=values, errors=errors_shown(error)
    )


def _to(competition_id: str) -> Answer:
    return Answer(None, 303, {"Location": f"/nomination/competitions/{competition_id}"})
