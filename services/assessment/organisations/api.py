"""Organisations over JSON: the register, and what a centre files."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.assessment.organisations import queries
from services.assessment.organisations.handlers import file_organisation
from services.assessment.organisations.schemas import (
    FilingSchema,
    OrganisationSchema,
    OrganisationsSchema,
)
from services.assessment.organisations.seeding import command_of
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, public, requires
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import PageQuery, decode_cursor, page_of


def organisation_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("organisations", "organisations", description="评价机构 / organisations")
    shown = OrganisationSchema()

    @routes.post("/organisations")
    @routes.arguments(FilingSchema)
    @routes.response(201, OrganisationSchema)
    @requires("centre.officer")
    def file(body: dict[str, Any]) -> Response:
        """File an organisation, or renew its filing as a new version."""
        actor = current_actor()
        command = command_of(body)
        with sessions.begin() as session:

            def work() -> Answer:
                found = file_organisation(session, office, actor, command)
                return Answer(shown.dump(queries.shown(found, office.clock.today())), 201)

            return with_idempotency(session, actor, "file_organisation")(work).response()

    @routes.get("/organisations")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, OrganisationsSchema)
    @public
    def list_organisations(query: dict[str, Any]) -> Any:
        """The register, open to everyone: who may assess what, until when."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        today = office.clock.today()
        with sessions.begin() as session:
            rows = queries.organisations_after(session, after, query["limit"])
            page = page_of(rows, query["limit"], lambda each: (each.code,))
            return {"items": [queries.shown(each, today) for each in page.items], "next": page.next}

    @routes.get("/organisations/<code>")
    @routes.response(200, OrganisationSchema)
    @public
    def show_organisation(code: str) -> Any:
        with sessions.begin() as session:
            found = queries.organisation_by_code(session, code)
            return queries.shown(found, office.clock.today())

    return routes
