"""Pages of certificates: verification for everyone, and the holder's own."""

from flask import Blueprint, Response, make_response, render_template
from marshmallow import Schema, fields

from services.assessment.certificates import queries
from services.assessment.certificates.queries import CertificateNotFound
from shared.approvals.office import CaseOffice
from shared.persistence import Sessions
from shared.web.access import current_actor, public, signed_in
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

    return pages
