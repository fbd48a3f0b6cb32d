"""What the consumer does with an event: once per event (the inbox sees to that), and the newest
word counts when the same certificate or place is told again."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.nomination.merits.model import CompetitionPlace, HeldCertificate
from shared.kernel.clock import Clock

CERTIFICATE_ISSUED = "assessment.certificate_issued.v1"
CERTIFICATE_REVOKED = "assessment.certificate_revoked.v1"
CERTIFICATE_REISSUED = "assessment.certificate_reissued.v1"
RESULT_RECORDED = "nomination.competition_result_recorded.v1"
RESULT_CORRECTED = "nomination.competition_result_corrected.v1"


class CertificateNotHeld(LookupError):
    """A certificate was taken back or issued anew that nobody told us of."""


class ResultNotKept(LookupError):
    """A result was corrected that nobody told us of."""


def keep_merit(clock: Clock) -> Callable[[Session, dict[str, Any]], None]:
    """The handler of the subscription; an event of another type is not for it."""
    keepers = {
        CERTIFICATE_ISSUED: keep_certificate,
        CERTIFICATE_REVOKED: revoke_certificate,
        CERTIFICATE_REISSUED: rename_holder,
        RESULT_RECORDED: keep_competition_place,
        RESULT_CORRECTED: correct_competition_place,
    }

    def handle(session: Session, event: dict[str, Any]) -> None:
        keepers[event["type"]](session, event["data"], clock.now())

    return handle


def keep_certificate(session: Session, data: dict[str, Any], now: datetime) -> None:
    values = {
        "certificate_no": data["certificate_no"],
        "person_ref": data["person_ref"],
        "holder_name": data["holder_name"],
        "occupation": data["occupation"],
        "occupation_name": data["occupation_name"],
        "level": data["level"],
        "issued_on": date.fromisoformat(data["issued_on"]),
        "organisation_name": data["organisation_name"],
        "received_at_utc": now,
    }
    statement = insert(HeldCertificate).values(values)
    session.execute(statement.on_conflict_do_update(index_elements=["certificate_no"], set_=values))


def revoke_certificate(session: Session, data: dict[str, Any], _now: datetime) -> None:
    """Its issue came before, in the order of the sender: an unknown one is a fault to look into."""
    held = session.get(HeldCertificate, data["certificate_no"])
    if held is None:
        raise CertificateNotHeld(data["certificate_no"])
    held.revoked_on = date.fromisoformat(data["revoked_on"])


def keep_competition_place(session: Session, data: dict[str, Any], now: datetime) -> None:
    values = {
        "competition_id": data["competition_id"],
        "person_ref": data["person_ref"],
        "holder_name": data["holder_name"],
        "title": data["title"],
        "tier": data["tier"],
        "occupation": data["occupation"],
        "rank": data["rank"],
        "held_on": date.fromisoformat(data["held_on"]),
        "received_at_utc": now,
    }
    statement = insert(CompetitionPlace).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["competition_id", "person_ref"], set_=values
        )
    )


def rename_holder(session: Session, data: dict[str, Any], _now: datetime) -> None:
    held = session.get(HeldCertificate, data["certificate_no"])
    if held is None:
        raise CertificateNotHeld(data["certificate_no"])
    held.holder_name = data["holder_name"]


def correct_competition_place(session: Session, data: dict[str, Any], now: datetime) -> None:
    """A place of a cancelled competition is none."""
    place = session.get(CompetitionPlace, (data["competition_id"], data["person_ref"]))
    if place is None:
        raise ResultNotKept(data["competition_id"])
    if data["rank"] is None:
        session.delete(place)
    else:
        place.rank, place.received_at_utc = data["rank"], now
