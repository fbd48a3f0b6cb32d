"""Certificates over JSON: verification for everyone, the holder's own, revocation."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.assessment.certificates import queries
from services.assessment.certificates.handlers import reissue_certificate, revoke_certificate
from services.assessment.certificates.schemas import (
    CertificateSchema,
    CertificatesSchema,
    PublicCertificateSchema,
    ReissueSchema,
    RevocationSchema,
)
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, public, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.paging import PageQuery, decode_cursor, page_of


def certificate_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("certificates", "certificates", description="证书 / certificates")
    shown = CertificateSchema()

    @routes.get("/certificates")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, CertificatesSchema)
    @signed_in
    def list_certificates(query: dict[str, Any]) -> Any:
        """Those of the person who asks."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        with sessions.begin() as session:
            ref = current_actor().person_ref
            rows = queries.certificates_of(session, ref, after, query["limit"])
            page = page_of(rows, query["limit"], lambda each: (each.number,))
            return {"items": [queries.own_view(each) for each in page.items], "next": page.next}

    @routes.get("/certificates/<number>")
    @routes.response(200, PublicCertificateSchema)
    @public
    def verify(number: str) -> Any:
        """Whether a certificate exists and is valid; 404 certificate_not_found says that it does
        not."""
        with sessions.begin() as session:
            return queries.public_view(queries.certificate_by_number(session, number))

    @routes.post("/certificates/<number>/revocation")
    @routes.arguments(RevocationSchema)
    @routes.response(200, CertificateSchema)
    @requires("centre.officer")
    def revoke(body: dict[str, Any], number: str) -> Response:
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                found = revoke_certificate(session, office, number, body["reason"], actor)
                return Answer(shown.dump(queries.own_view(found)))

            return with_idempotency(session, actor, f"revoke {number}")(work).response()

    @routes.post("/certificates/<number>/reissue")
    @routes.arguments(ReissueSchema)
    @routes.response(200, CertificateSchema)
    @requires("centre.officer")
    def reissue(body: dict[str, Any], number: str) -> Response:
        """Mend the holder's misspelt name; the number stays."""
        actor = current_actor()
        with sessions.begin() as session:

            def work() -> Answer:
                found = reissue_certificate(
                    session, office.clock, number, body["holder_name"], body["reason"], actor
                )
                return Answer(shown.dump(queries.own_view(found)))

            return with_idempotency(session, actor, f"reissue {number}")(work).response()

    return routes
