"""What is known of one person's certificates and honours, in the words that rules read."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from services.subsidy.credentials.errors import EvidenceTakenBack
from services.subsidy.credentials.model import KnownCertificate, KnownHonour
from services.subsidy.entitlements.rules import EVIDENCE


def status_of(known: KnownCertificate | KnownHonour) -> str:
    return "valid" if known.revoked_on is None else "revoked"


def revoked_among(session: Session, evidence: Iterable[Mapping[str, Any]]) -> set[str]:
    """The numbers that were revoked, of the `certificate_no`s and `honour_no`s of each."""
    numbers = {str(one[name]) for one in evidence for name in EVIDENCE if one.get(name)}
    if not numbers:
        return set()
    found = session.execute(
        union_all(
            select(KnownCertificate.certificate_no).where(
                KnownCertificate.certificate_no.in_(numbers),
                KnownCertificate.revoked_on.is_not(None),
            ),
            select(KnownHonour.honour_no).where(
                KnownHonour.honour_no.in_(numbers), KnownHonour.revoked_on.is_not(None)
            ),
        )
    )
    return {number for (number,) in found}


def ensure_evidence_stands(session: Session, about: Mapping[str, Any]) -> None:
    """Whether its document has a rule that says so or not. Raises EvidenceTakenBack."""
    for number in sorted(revoked_among(session, [about])):
        raise EvidenceTakenBack(number=number)


def certificate_facts(session: Session, number: str, person_ref: str) -> dict[str, Any]:
    """Facts of the certificate that a claim names; not_found or other_holder tell nothing else."""
    known = session.get(KnownCertificate, number)
    if known is None:
        return {"certificate_no": number, "certificate_status": "not_found"}
    if known.person_ref != person_ref:
        return {"certificate_no": number, "certificate_status": "other_holder"}
    return {
        "certificate_no": number,
        "certificate_status": status_of(known),
        "certificate_issued_on": known.issued_on.isoformat(),
        "occupation": known.occupation,
        "level": known.level,
    }


def certificates_of(session: Session, person_ref: str) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(KnownCertificate)
        .where(KnownCertificate.person_ref == person_ref)
        .order_by(KnownCertificate.issued_on, KnownCertificate.certificate_no)
    )
    return [
        {
            "certificate_no": row.certificate_no,
            "occupation": row.occupation,
            "level": row.level,
            "issued_on": row.issued_on.isoformat(),
            "status": status_of(row),
        }
        for row in rows
    ]


def honours_of(session: Session, person_ref: str) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(KnownHonour)
        .where(KnownHonour.person_ref == person_ref)
        .order_by(KnownHonour.conferred_on, KnownHonour.honour_no)
    )
    return [
        {
            "honour_no": row.honour_no,
            "programme": row.programme,
            "level_of_honour": row.level_of_honour,
            "conferred_on": row.conferred_on.isoformat(),
            "region": row.region,
            "status": status_of(row),
        }
        for row in rows
    ]


def occupation_names(session: Session, numbers: list[str]) -> dict[str, str]:
    rows = session.execute(
        select(KnownCertificate.certificate_no, KnownCertificate.occupation_name).where(
            KnownCertificate.certificate_no.in_(numbers)
        )
    )
    return {number: name for number, name in rows}
