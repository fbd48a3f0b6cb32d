"""Pages of certificates: verification for everyone, and the holder's own."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from services.assessment.certificates import queries
from services.assessment.certificates.handlers import reissue_certificate, revoke_certificate
from services.assessment.certificates.queries import CertificateNotFound
from services.assessment.sittings.pages import sitting_page, to_sitting
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.web.access import current_actor, public, requires, signed_in
from shared.web.idempotency import Answer, with_idempotency
from shared.web.queries import asked, takes

LIMIT = 200


class NumberQuery(Schema):
    number = fields.String(load_default="")


def certificate_pages(sessions: Sessions, office: CaseOffice) -> Blueprint:
    pages = Blueprint("certificate_pages", __name__)

    @pages.get("/verify")
    @takes(NumberQuery)
    @public
    def verify() -> Response:
        """`?number=`; without one, the form alone. Not found is an answer, with status 404."""
        number = asked()["number"].strip()
        found = missing = None
        with sessions.begin() as session:
            try:
                if number:
                    certificate = queries.certificate_by_number(session, number)
                    found = queries.public_view(certificate)
            except CertificateNotFound as error:
                missing = error
        page = render_template("verify.html", number=number, found=found, missing=missing)
        return make_response(page, 200 if missing is None else 404)

    @pages.get("/certificates")
    @signed_in
    def certificates() -> str:
        with sessions.begin() as session:
            rows = queries.certificates_of(session, current_actor().person_ref, None, LIMIT)
            items = [queries.own_view(each) for each in rows]
        return render_template("certificates.html", items=items)

    @pages.get("/certificates/<number>")
    @signed_in
    def certificate(number: str) -> str:
        """For its holder; to anybody else it does not exist (they have the verification page)."""
        with sessions.begin() as session:
            found = queries.certificate_by_number(session, number)
            if found.person_ref != current_actor().person_ref:
                raise CertificateNotFound(number=number[:40])
            return render_template("certificate.html", certificate=queries.own_view(found))

    _correcting(pages, sessions, office)
    return pages


def _correcting(pages: Blueprint, sessions: Sessions, office: CaseOffice) -> None:
    """The forms of the sitting page about certificates that it led to."""

    def act(sitting_id: str, action: str, handle: Callable[[Session, str], object]) -> Response:
        """Back to the sitting; or its page with what was wrong."""
        actor, number = current_actor(), request.form.get("certificate", "")
        try:
            with sessions.begin() as session:

                def work() -> Answer:
                    handle(session, number)
                    return to_sitting(sitting_id)

                return with_idempotency(session, actor, f"{action} {number}")(work).response()
        except DomainError as error:
            return sitting_page(sessions, office, sitting_id, error)

    @pages.post("/sittings/<sitting_id>/certificates/reissue")
    @requires("centre.officer")
    def reissue(sitting_id: str) -> Response:
        actor = current_actor()
        name, reason = request.form.get("holder_name", ""), request.form.get("reissue_reason", "")

        def handle(session: Session, number: str) -> object:
            return reissue_certificate(session, office.clock, number, name, reason, actor)

        return act(sitting_id, "reissue", handle)

    @pages.post("/sittings/<sitting_id>/certificates/revocation")
    @requires("centre.officer")
    def revoke(sitting_id: str) -> Response:
        actor, reason = current_actor(), request.form.get("revocation_reason", "")

        def handle(session: Session, number: str) -> object:
            return revoke_certificate(session, office, number, reason, actor)

        return act(sitting_id, "revoke", handle)
