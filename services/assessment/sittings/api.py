"""Sittings over JSON and multipart: opening with a roster, replacing it, candidates, template."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from services.assessment.sittings import queries, views
from services.assessment.sittings.columns import ROSTER
from services.assessment.sittings.handlers import (
    OpenSitting,
    RosterImport,
    open_sitting,
    replace_roster,
    withdraw_candidate,
)
from services.assessment.sittings.schemas import (
    CandidateSchema,
    CandidatesSchema,
    OpenSittingSchema,
    RosterImportSchema,
    RosterSchema,
    SittingSchema,
    SittingsSchema,
    WithdrawalSchema,
)
from services.assessment.spreadsheets.reading import LARGEST_FILE, NotASpreadsheet, Row, read_rows
from services.assessment.spreadsheets.writing import XLSX, write_sheet
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, public, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.languages import language
from shared.web.paging import PageQuery, decode_cursor, page_of

DEFAULT_PROCEDURE = "welder-assessment"
YES = frozenset({"true", "1", "yes", "on"})
OWN_FIELDS = frozenset({"procedure", "accept_good_rows", "draft", "idempotency_key"})


def sitting_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("sittings", "sittings", description="评价批次 / sittings")
    _roster_routes(routes, sessions, office)
    _reading_routes(routes, sessions, office)
    return routes


def _roster_routes(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    imported = RosterImportSchema()

    def answer(session: Any, outcome: RosterImport, status: int) -> Answer:
        sitting = outcome.sitting
        session.flush()
        case = session.get_one(Case, sitting.case_id)
        shown = views.sitting_shown(sitting, case, len(sitting.candidates))
        body = imported.dump(shown | {"skipped": views.errors_shown(outcome.skipped)})
        where = f"/{office.service}/api/v1/sittings/{sitting.case_id}"
        return Answer(body, status, {"Location": where, "ETag": f'"{sitting.version}"'})

    @routes.post("/sittings")
    @routes.response(201, RosterImportSchema)
    @requires("organisation.officer")
    def open_one() -> Response:
        """JSON (OpenSitting), or multipart/form-data with the file `roster` (.xlsx) and the
        fields of the procedure's form. A roster with bad rows is refused whole, every row with its
        reasons, unless `accept_good_rows` is true."""
        actor, command = current_actor(), asked_sitting()
        with sessions.begin() as session:

            def work() -> Answer:
                return answer(session, open_sitting(session, office, command, actor), 201)

            return with_idempotency(session, actor, "open_sitting")(work).response()

    @routes.put("/sittings/<sitting_id>/roster")
    @routes.response(200, RosterImportSchema)
    @requires("organisation.officer")
    def replace(sitting_id: str) -> Response:
        """Another roster, JSON or multipart as above, while the case is a draft or returned."""
        actor = current_actor()
        rows, accept = asked_roster()
        with sessions.begin() as session:

            def work() -> Answer:
                outcome = replace_roster(
                    session, office, sitting_id, rows, actor, accept_good_rows=accept
                )
                return answer(session, outcome, 200)

            return with_idempotency(session, actor, f"roster {sitting_id}")(work).response()

    @routes.post("/sittings/<sitting_id>/candidates/<number>/withdrawal")
    @routes.arguments(WithdrawalSchema)
    @routes.response(200, CandidateSchema)
    @requires("organisation.officer")
    def withdraw(body: dict[str, Any], sitting_id: str, number: str) -> Response:
        """Take a candidate out before the scores are locked, with the reason."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                gone = withdraw_candidate(
                    session, office, sitting_id, number, body["reason"], actor
                )
                view = queries.sitting_view(session, office, sitting_id, actor)
                lines = [views.line_shown(each) for each in view.lines]
                line = next(each for each in lines if each["number"] == gone.number)
                return Answer(CandidateSchema().dump(line))

            action = f"withdraw {sitting_id} {number}"
            return with_idempotency(session, actor, action)(work).response()

    @routes.get("/sittings/roster-template.xlsx")
    @routes.response(200, content_type=XLSX)
    @public
    def template() -> Response:
        lang = language()
        content = write_sheet("名单" if lang == "zh" else "Roster", ROSTER, [], lang)
        return spreadsheet(content, "roster.xlsx")


def _reading_routes(routes: Any, sessions: Sessions, office: CaseOffice) -> None:
    @routes.get("/sittings")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, SittingsSchema)
    @requires("organisation.officer")
    def list_sittings(query: dict[str, Any]) -> Any:
        """Those of the organisation, newest first."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        organisations = own_organisations()
        with sessions.begin() as session:
            rows = queries.sittings_of(session, organisations, after, query["limit"])
            page = page_of(rows, query["limit"], lambda row: (row[0].case_id,))
            return {"items": [views.sitting_shown(*row) for row in page.items], "next": page.next}

    @routes.get("/sittings/<sitting_id>")
    @routes.response(200, SittingSchema)
    @signed_in
    def show_sitting(sitting_id: str) -> Any:
        with sessions.begin() as session:
            view = queries.sitting_view(session, office, sitting_id, current_actor())
            return views.view_shown(view)

    @routes.get("/sittings/<sitting_id>/candidates")
    @routes.response(200, CandidatesSchema)
    @signed_in
    def list_candidates(sitting_id: str) -> Any:
        """The roster with its findings and scores; a candidate sees their own line."""
        with sessions.begin() as session:
            view = queries.sitting_view(session, office, sitting_id, current_actor())
            lines = [views.line_shown(line) for line in view.lines]
            return {"items": lines, "staffing": views.staffing_shown(view)}


def own_organisations() -> list[str]:
    return [
        each.organisation
        for each in current_actor().memberships
        if each.role == "organisation.officer" and each.organisation
    ]


def asked_sitting() -> OpenSitting:
    """The request as a command. Raises ValidationError, NotASpreadsheet, SpreadsheetTooLarge."""
    if request.files or request.form:
        fields: Mapping[str, str] = request.form
        return OpenSitting(
            procedure=fields.get("procedure") or DEFAULT_PROCEDURE,
            form={
                name: value for name, value in fields.items() if name not in OWN_FIELDS and value
            },
            rows=uploaded_rows(),
            accept_good_rows=fields.get("accept_good_rows", "").lower() in YES,
            submit=fields.get("draft", "").lower() not in YES,
        )
    body = OpenSittingSchema().load(request.get_json())
    return OpenSitting(
        procedure=body["procedure"],
        form=body["form"],
        rows=[Row(number, each) for number, each in enumerate(body["rows"], start=1)],
        accept_good_rows=body["accept_good_rows"],
        submit=not body["draft"],
    )


def asked_roster() -> tuple[list[Row], bool]:
    if request.files or request.form:
        return uploaded_rows(), request.form.get("accept_good_rows", "").lower() in YES
    body = RosterSchema().load(request.get_json())
    rows = [Row(number, each) for number, each in enumerate(body["rows"], start=1)]
    return rows, body["accept_good_rows"]


def uploaded_rows() -> list[Row]:
    return read_rows(uploaded("roster"), ROSTER)


def uploaded(name: str) -> bytes:
    """The file of a form; at most a byte more than is allowed is read."""
    upload = request.files.get(name)
    if upload is None:
        raise NotASpreadsheet(field=name)
    return upload.stream.read(LARGEST_FILE + 1)


def spreadsheet(content: bytes, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, content_type=XLSX, headers={"Content-Disposition": disposition})
