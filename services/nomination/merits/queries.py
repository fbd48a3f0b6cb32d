"""A person's certificates and competition places, as lists and as facts for the rules."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.nomination.merits.model import CompetitionPlace, HeldCertificate


def certificates_of(session: Session, person_ref: str) -> list[HeldCertificate]:
    """Newest first."""
    statement = select(HeldCertificate).where(HeldCertificate.person_ref == person_ref)
    return list(
        session.scalars(
            statement.order_by(HeldCertificate.issued_on.desc(), HeldCertificate.certificate_no)
        )
    )


def places_of(session: Session, person_ref: str) -> list[CompetitionPlace]:
    """Newest first."""
    statement = select(CompetitionPlace).where(CompetitionPlace.person_ref == person_ref)
    return list(
        session.scalars(
            statement.order_by(CompetitionPlace.held_on.desc(), CompetitionPlace.competition_id)
        )
    )


def status_of(held: HeldCertificate) -> str:
    return "valid" if held.revoked_on is None else "revoked"


def certificate_facts(certificates: list[HeldCertificate]) -> list[dict[str, Any]]:
    """The fact `certificates` of shared/procedures/README.md."""
    return [
        {
            "certificate_no": each.certificate_no,
            "occupation": each.occupation,
            "level": each.level,
            "issued_on": each.issued_on.isoformat(),
            "status": status_of(each),
        }
        for each in certificates
    ]


def place_facts(places: list[CompetitionPlace]) -> list[dict[str, Any]]:
    """The fact `competition_results` of shared/procedures/README.md."""
    return [
        {
            "competition_id": each.competition_id,
            "title": each.title,
            "tier": each.tier,
            "occupation": each.occupation,
            "rank": each.rank,
            "held_on": each.held_on.isoformat(),
        }
        for each in places
    ]


def certificate(session: Session, certificate_no: str) -> HeldCertificate | None:
    return session.get(HeldCertificate, certificate_no)
