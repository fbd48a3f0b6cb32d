"""Pages of sittings: the list, opening one with its roster, the sitting with its candidates."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from marshmallow import Schema, fields

from services.assessment.certificates.handlers import is_in_charge
from services.assessment.scoring.rules import DUTIES
from services.assessment.sittings import queries, views
from services.assessment.sittings.api import (
    asked_roster,
    asked_sitting,
    own_organisations,
)
from services.assessment.sittings.handlers import acts_for, open_sitting, replace_roster
from shared.approvals.model import CaseStatus
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError, Errors
from shared.persistence import Sessions
from shared.procedures import Procedure
from shared.web.access import current_actor, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import decode_cursor, page_of
from shared.web.problems import problem_of
from shared.web.queries import PageAfter, asked, ensure_known, takes

LIMIT = 50
ORGANISATION = "organisation.officer"


class ProcedureQuery(Schema):
    procedure = fields.String(load_default=None)


def sitting_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("sitting_pages", __name__)

    @pages.get("/sittings")
    @takes(PageAfter)
    @requires(ORGANISATION)
    def sittings() -> str:
        cursor = asked()["after"]
        after = decode_cursor(cursor, str)[0] if cursor else None
        with sessions.begin() as session:
            rows = queries.sittings_of(session, own_organisations(), after, LIMIT)
            page = page_of(rows, LIMIT, lambda row: (row[0].case_id,))
            items = [views.sitting_shown(*row) for row in page.items]
        return render_template("sittings.html", items=items, next=page.next, first=bool(cursor))

    @pages.get("/sittings/new")
    @takes(ProcedureQuery)
    @requires(ORGANISATION)
    def new_sitting() -> str:
        wanted = asked()["procedure"]
        ensure_known("procedure", wanted, [each.id for each in _procedures(office)])
        return _form_page(office, wanted)

    @pages.post("/sittings/new")
    @requires(ORGANISATION)
    def post_sitting() -> Response | tuple[str, int]:
        actor = current_actor()
        try:
            command = asked_sitting()
            with sessions.begin() as session:

                def work() -> Answer:
                    sitting = open_sitting(session, office, command, actor).sitting
                    return to_sitting(sitting.case_id)

                return with_idempotency(session, actor, "open_sitting")(work).response()
        except DomainError as error:
            return _form_page(office, request.form.get("procedure"), error), error.status

    @pages.get("/sittings/<sitting_id>")
    @signed_in
    def show_sitting(sitting_id: str) -> Response:
        return sitting_page(sessions, office, sitting_id)

    @pages.post("/sittings/<sitting_id>/roster")
    @requires(ORGANISATION)
    def post_roster(sitting_id: str) -> Response:
        actor = current_actor()
        try:
            rows, accept = asked_roster()
            with sessions.begin() as session:
                replace_roster(session, office, sitting_id, rows, actor, accept_good_rows=accept)
        except DomainError as error:
            return sitting_page(sessions, office, sitting_id, error)
        return make_response(redirect(f"/{office.service}/sittings/{sitting_id}", 303))

    return pages


def to_sitting(sitting_id: str) -> Answer:
    return Answer(None, 303, {"Location": f"/assessment/sittings/{sitting_id}"})


def sitting_page(
    sessions: Sessions, office: CaseOffice, sitting_id: str, error: DomainError | None = None
) -> Response:
    """The sitting as this person may see it, with what was wrong with their last form."""
    actor = current_actor()
    with sessions.begin() as session:
        view = queries.sitting_view(session, office, sitting_id, actor)
        mine = acts_for(actor, view.sitting.organisation) and not view.own_only
        shown: dict[str, Any] = {
            "sitting": views.view_shown(view),
            "lines": [views.line_shown(line) for line in view.lines],
            "staffing": view.staffing,
            "staff": view.sitting.staff if not view.own_only else [],
            "mine": mine,
            "certifies": not view.own_only and is_in_charge(actor, view.sitting.region),
            "own_only": view.own_only,
            "locked": view.sitting.locked,
            "scoring": mine and not view.sitting.locked and view.scoring,
            "roster_open": mine
            and not view.sitting.locked
            and view.case.status in (CaseStatus.DRAFT, CaseStatus.RETURNED),
        }
        page = render_template(
            "sitting.html", duties=DUTIES, errors=_errors(error), row_errors=_rows(error), **shown
        )
    return make_response(page, 200 if error is None else error.status)


def _form_page(office: CaseOffice, wanted: str | None, error: DomainError | None = None) -> str:
    choices = _procedures(office)
    chosen = [each for each in choices if each.id == wanted] or choices
    return render_template(
        "sitting_new.html",
        choices=choices,
        procedure=chosen[0] if chosen else None,
        values=request.form,
        errors=[] if _rows(error) else _errors(error),
        row_errors=_rows(error),
    )


def _procedures(office: CaseOffice) -> list[Procedure]:
    """The standards that end in certificates, as they are in force today."""
    today = office.clock.today()
    found: dict[str, Procedure] = {}
    for each in office.catalogue.all():
        if "certificates" in each.outcome and each.in_force(today, each.region):
            found[each.id] = each
    return [found[key] for key in sorted(found)]


def _errors(error: DomainError | None) -> list[dict[str, Any]]:
    if error is None:
        return []
    body = problem_of(error).body
    listed = body.get("errors")
    return list(listed) if listed else [{"detail": body["detail"], "remedy": body.get("remedy")}]


def _rows(error: DomainError | None) -> list[dict[str, Any]]:
    """The rows of a roster or score sheet with something wrong."""
    several = error.errors if isinstance(error, Errors) else [error] if error else []
    return views.errors_shown([each for each in several if each.row is not None])
