"""What subsidy has heard of people's certificates and honours, by event. Never uploaded."""

from datetime import date

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence import Base


class KnownCertificate(Base):
    """A certificate issued in assessment (assessment.certificate_issued.v1, …_revoked.v1)."""

    __tablename__ = "known_certificates"
    __table_args__ = (Index("ix_known_certificates_person", "person_ref"),)

    certificate_no: Mapped[str] = mapped_column(Text, primary_key=True)
    person_ref: Mapped[str] = mapped_column(Text)
    holder_name: Mapped[str] = mapped_column(Text)
    occupation: Mapped[str] = mapped_column(Text)
    occupation_name: Mapped[str] = mapped_column(Text)
    level: Mapped[int]
    issued_on: Mapped[date]
    revoked_on: Mapped[date | None]
    employer: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)


class KnownHonour(Base):
    """An honour conferred in nomination (nomination.honour_conferred.v1, …_revoked.v1)."""

    __tablename__ = "known_honours"
    __table_args__ = (Index("ix_known_honours_person", "person_ref"),)

    honour_no: Mapped[str] = mapped_column(Text, primary_key=True)
    person_ref: Mapped[str] = mapped_column(Text)
    holder_name: Mapped[str] = mapped_column(Text)
    programme: Mapped[str] = mapped_column(Text)
    level_of_honour: Mapped[str] = mapped_column(Text)
    conferred_on: Mapped[date]
    revoked_on: Mapped[date | None]
    region: Mapped[str] = mapped_column(Text)
    employer: Mapped[str | None] = mapped_column(Text)
