"""Certificates and the counters that their serials come from."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.kernel.actor import Actor
from shared.kernel.errors import Conflict
from shared.kernel.ids import new_id
from shared.persistence import Base


class AlreadyRevoked(Conflict):
    code = "certificate_already_revoked"
    zh = "证书 {number} 已被撤销。"
    en = "Certificate {number} has already been revoked."


class NameUnchanged(Conflict):
    code = "name_unchanged"
    zh = "证书上的姓名就是这个。"
    en = "This is the name on the certificate already."


class Certificate(Base):
    """What the certificate says (domain A3, certificate contents); names as they were then."""

    __tablename__ = "certificates"
    __table_args__ = (
        CheckConstraint("state IN ('valid','revoked')", name="state"),
        Index("uq_certificates_candidate", "candidate_id", unique=True),
        Index("ix_certificates_person", "person_ref", "number"),
        Index("ix_certificates_sitting", "sitting_id", "number"),
    )

    number: Mapped[str] = mapped_column(Text, primary_key=True)
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"))
    sitting_id: Mapped[str] = mapped_column(ForeignKey("sittings.case_id"))
    person_ref: Mapped[str] = mapped_column(Text)
    holder_name: Mapped[str] = mapped_column(Text)
    occupation: Mapped[str] = mapped_column(Text)
    occupation_name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str] = mapped_column(Text)
    organisation_name: Mapped[str] = mapped_column(Text)
    employer: Mapped[str | None] = mapped_column(Text)
    employer_name: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date]
    issued_at_utc: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, default="valid")
    revoked_at_utc: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(Text)
    reissued_on: Mapped[date | None]

    def reissue(self, holder_name: str, by: Actor, on: date, reason: str) -> "CertificateReissue":
        """Says that the name is mended; once that is written, `follow` it. Raises AlreadyRevoked,
        NameUnchanged."""
        if self.state == "revoked":
            raise AlreadyRevoked(number=self.number)
        if self.holder_name == holder_name:
            raise NameUnchanged(field="holder_name")
        return CertificateReissue(
            id=new_id(),
            certificate_no=self.number,
            former_name=self.holder_name,
            holder_name=holder_name,
            reissued_on=on,
            reissued_by=by.person_ref,
            reason=reason,
        )

    def follow(self, reissue: "CertificateReissue") -> None:
        self.holder_name, self.reissued_on = reissue.holder_name, reissue.reissued_on

    def revoke(self, reason: str, now: datetime) -> None:
        if self.state == "revoked":
            raise AlreadyRevoked(number=self.number)
        self.state, self.revoked_at_utc, self.revoked_because = "revoked", now, reason


class CertificateReissue(Base):
    """A mended name with the one before it. Never changed; a trigger lets no name of a certificate
    change without one."""

    __tablename__ = "certificate_reissues"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    certificate_no: Mapped[str] = mapped_column(ForeignKey("certificates.number"), index=True)
    former_name: Mapped[str] = mapped_column(Text)
    holder_name: Mapped[str] = mapped_column(Text)
    reissued_on: Mapped[date]
    reissued_by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class CertificateCounter(Base):
    """The last serial given by a site in a year at a level; its row is locked to take the next."""

    __tablename__ = "certificate_counters"
    __table_args__ = (CheckConstraint("last_serial BETWEEN 0 AND 999999", name="last_serial"),)

    site: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(Text, primary_key=True)
    last_serial: Mapped[int]
