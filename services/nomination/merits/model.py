"""What a person has shown by certificates and competition results: kept from the events of
who issued or recorded them, never from an upload. Both are facts for the rules, and stand on the
form and the case."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence import Base


class HeldCertificate(Base):
    """From assessment.certificate_issued.v1 and …_revoked.v1. `level`: its digit, 5 to 1."""

    __tablename__ = "held_certificates"
    __table_args__ = (Index("ix_held_certificates_person_ref", "person_ref", "issued_on"),)

    certificate_no: Mapped[str] = mapped_column(primary_key=True)
    person_ref: Mapped[str]
    holder_name: Mapped[str]
    occupation: Mapped[str]
    occupation_name: Mapped[str]
    level: Mapped[int]
    issued_on: Mapped[date]
    revoked_on: Mapped[date | None]
    organisation_name: Mapped[str]
    received_at_utc: Mapped[datetime]


class CompetitionPlace(Base):
    """From nomination.competition_result_recorded.v1."""

    __tablename__ = "competition_places"
    __table_args__ = (Index("ix_competition_places_person_ref", "person_ref", "held_on"),)

    competition_id: Mapped[str] = mapped_column(primary_key=True)
    person_ref: Mapped[str] = mapped_column(primary_key=True)
    holder_name: Mapped[str]
    title: Mapped[str]
    tier: Mapped[str]
    occupation: Mapped[str]
    rank: Mapped[int]
    held_on: Mapped[date]
    received_at_utc: Mapped[datetime]
