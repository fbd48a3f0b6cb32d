"""Keeps what other services publish about people's certificates and honours."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.subsidy.credentials.model import KnownCertificate, KnownHonour

CERTIFICATE_ISSUED = "assessment.certificate_issued.v1"
CERTIFICATE_REISSUED = "assessment.certificate_reissued.v1"
CERTIFICATE_REVOKED = "assessment.certificate_revoked.v1"
HONOUR_CONFERRED = "nomination.honour_conferred.v1"
HONOUR_REVOKED = "nomination.honour_revoked.v1"


class CredentialNotKnown(LookupError):
    """A certificate or an honour was taken back that nobody told us of."""


def keep_credential(session: Session, event: Mapping[str, Any]) -> None:
    """What the event says of a certificate or an honour. Raises CredentialNotKnown."""
    _KEEPERS[event["type"]](session, event["data"])


def _keep_certificate(session: Session, data: Mapping[str, Any]) -> None:
    session.execute(
        insert(KnownCertificate)
        .values(
            certificate_no=data["certificate_no"],
            person_ref=data["person_ref"],
            holder_name=data["holder_name"],
            occupation=data["occupation"],
            occupation_name=data["occupation_name"],
            level=data["level"],
            issued_on=date.fromisoformat(data["issued_on"]),
            employer=data["employer"],
            region=data["region"],
        )
        .on_conflict_do_nothing()
    )


def _keep_honour(session: Session, data: Mapping[str, Any]) -> None:
    session.execute(
        insert(KnownHonour)
        .values(
            honour_no=data["honour_no"],
            person_ref=data["person_ref"],
            holder_name=data["holder_name"],
            programme=data["programme"],
            level_of_honour=data["level_of_honour"],
            conferred_on=date.fromisoformat(data["conferred_on"]),
            region=data["region"],
            employer=data["employer"],
        )
        .on_conflict_do_nothing()
    )


def _rename_holder(session: Session, data: Mapping[str, Any]) -> None:
    known = session.get(KnownCertificate, data["certificate_no"])
    if known is None:
        raise CredentialNotKnown(data["certificate_no"])
    known.holder_name = data["holder_name"]


def _revoke_certificate(session: Session, data: Mapping[str, Any]) -> None:
    _revoke(session.get(KnownCertificate, data["certificate_no"]), data)


def _revoke_honour(session: Session, data: Mapping[str, Any]) -> None:
    _revoke(session.get(KnownHonour, data["honour_no"]), data)


def _revoke(known: KnownCertificate | KnownHonour | None, data: Mapping[str, Any]) -> None:
    """Its issue came before, in the order of the sender: an unknown one is a fault to look into."""
    if known is None:
        raise CredentialNotKnown(data.get("certificate_no") or data.get("honour_no"))
    known.revoked_on = date.fromisoformat(data["revoked_on"])


_KEEPERS: Mapping[str, Callable[[Session, Mapping[str, Any]], None]] = {
    CERTIFICATE_ISSUED: _keep_certificate,
    CERTIFICATE_REISSUED: _rename_holder,
    CERTIFICATE_REVOKED: _revoke_certificate,
    HONOUR_CONFERRED: _keep_honour,
    HONOUR_REVOKED: _revoke_honour,
}
