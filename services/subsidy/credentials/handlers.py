"""Keeps what other services publish about people's certificates and honours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.subsidy.credentials.model import KnownCertificate, KnownHonour

CERTIFICATE_ISSUED = "assessment.certificate_issued.v1"
HONOUR_CONFERRED = "nomination.honour_conferred.v1"


def keep_certificate(session: Session, data: Mapping[str, Any]) -> None:
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


def keep_honour(session: Session, data: Mapping[str, Any]) -> None:
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
