"""Assessment organisations and the versions of their filing; a version is never changed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assessment.organisations.rules import Filing
from shared.persistence import Base


class Organisation(Base):
    """An organisation that assesses, by its unified social credit code; what it is called and where
    it is, its filings say."""

    __tablename__ = "organisations"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    changed_at_utc: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    filings: Mapped[list["OrganisationFiling"]] = relationship(
        back_populates="organisation", order_by="OrganisationFiling.filing_version"
    )

    @property
    def newest(self) -> "OrganisationFiling | None":
        return self.filings[-1] if self.filings else None


class OrganisationFiling(Base):
    """One filing (备案) or renewal: the number parts, the scope and how long it is valid."""

    __tablename__ = "organisation_filings"
    __table_args__ = (
        UniqueConstraint("organisation_code", "filing_version", name="uq_filings_version"),
        CheckConstraint("valid_from <= valid_until", name="valid_period"),
        CheckConstraint("category IN ('Y', 'S')", name="category"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"))
    filing_version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    number_code: Mapped[str] = mapped_column(Text)
    province: Mapped[str] = mapped_column(Text)
    site_serial: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    document: Mapped[str] = mapped_column(Text)
    filed_by: Mapped[str] = mapped_column(Text)
    filed_at_utc: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(back_populates="filings")
    scope: Mapped[list["FiledScope"]] = relationship(
        cascade="all, delete-orphan", order_by="FiledScope.occupation, FiledScope.level.desc()"
    )

    def as_rule(self) -> Filing:
        return Filing(
            version=self.filing_version,
            category=self.category,
            organisation_code=self.number_code,
            province=self.province,
            site_serial=self.site_serial,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            scope=frozenset((each.occupation, each.level) for each in self.scope),
        )


class FiledScope(Base):
    """An occupation and a level that a filing covers."""

    __tablename__ = "filed_scopes"
    __table_args__ = (CheckConstraint("level IN ('1','2','3','4','5')", name="level"),)

    filing_id: Mapped[str] = mapped_column(ForeignKey("organisation_filings.id"), primary_key=True)
    occupation: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[str] = mapped_column(Text, primary_key=True)
