"""What is read of certificates: by anyone with a number, by their holder."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assessment.certificates.model import Certificate
from services.assessment.certificates.rules import CertificateNumber, mask_name
from shared.kernel.errors import NotFound


class CertificateNotFound(NotFound):
    code = "certificate_not_found"
    zh = "没有查到编号为 {number} 的证书。"
    en = "There is no certificate {number}."
    remedy_zh = "请核对编号；确认无误而仍查不到的，请联系发证机构。"
    remedy_en = "Check the number; if it is right, ask the organisation that issued it."


def certificate_by_number(session: Session, text: str) -> Certificate:
    """As typed. Raises CertificateNotFound, for a malformed number too: it is on no certificate."""
    number = CertificateNumber.within(text)
    found = None if number is None else session.get(Certificate, str(number))
    if found is None:
        raise CertificateNotFound(number=str(number or text.strip()[:40]))
    return found


def certificates_of(
    session: Session, person_ref: str, after: str | None, limit: int
) -> Sequence[Certificate]:
    """A person's own, by number, one more than `limit`."""
    query = (
        select(Certificate)
        .where(Certificate.person_ref == person_ref)
        .order_by(Certificate.number)
        .limit(limit + 1)
    )
    return session.scalars(query.where(Certificate.number > after) if after else query).all()


def public_view(certificate: Certificate) -> dict[str, Any]:
    """What anyone with the number sees."""
    return {
        "number": certificate.number,
        "holder": mask_name(certificate.holder_name),
        "occupation": certificate.occupation,
        "occupation_name": certificate.occupation_name,
        "level": certificate.level,
        "organisation_name": certificate.organisation_name,
        "issued_on": certificate.issued_on,
        "state": certificate.state,
        "reissued_on": certificate.reissued_on,
    }


def own_view(certificate: Certificate) -> dict[str, Any]:
    """What its holder sees."""
    return {
        **public_view(certificate),
        "holder": certificate.holder_name,
        "organisation": certificate.organisation,
        "employer_name": certificate.employer_name,
        "sitting_id": certificate.sitting_id,
    }
