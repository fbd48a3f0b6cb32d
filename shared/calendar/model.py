"""The table of days that an officer enters when the State Council's notice of a year comes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from shared.persistence.database import Base


class CalendarYear(Base):
    """A year whose exceptions were entered in full; `source` names the notice."""

    __tablename__ = "calendar_years"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    entered_at_utc: Mapped[datetime]


class CalendarDay(Base):
    """One day that differs from the rule of the week, or from the built-in table."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    source: Mapped[str]
    entered_at_utc: Mapped[datetime]
