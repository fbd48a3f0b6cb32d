"""Reading and entering the table of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared.audit import record
from shared.calendar.model import CalendarDay, CalendarYear
from shared.calendar.working_days import Overrides
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError


class DayOutsideYear(DomainError):
    code = "day_outside_year"
    zh = "{day} 不在 {year} 年内。"
    en = "{day} is not in the year {year}."


class HolidaysMissing(DomainError):
    code = "holidays_missing"
    zh = "{year} 年的放假安排不完整：至少应有一个放假日。"
    en = "The table of {year} is not complete: it names no day off."


def load_overrides(session: Session) -> Overrides:
    """For `Calendar(…)` at the start of a process and `calendar.override(…)` after a change."""
    days = {row.day: row.working for row in session.scalars(select(CalendarDay))}
    return Overrides(days, frozenset(session.scalars(select(CalendarYear.year))))


def enter_year(
    session: Session,
    *,
    year: int,
    days: Mapping[date, bool],
    source: str,
    at: datetime,
    actor: Actor,
) -> None:
    """Replaces the year's table: weekdays that are off (False), weekend days that are worked
    (True). Running processes go by it within a minute, and due dates that were provisional are
    computed again (shared/approvals/due_dates.py)."""
    for day in days:
        if day.year != year:
            raise DayOutsideYear(day=day.isoformat(), year=year)
    if all(days.values()):
        raise HolidaysMissing(year=year)
    session.execute(
        delete(CalendarDay).where(
            CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31)
        )
    )
    session.add_all(
        CalendarDay(day=day, working=working, source=source, entered_at_utc=at)
        for day, working in days.items()
    )
    session.merge(CalendarYear(year=year, source=source, entered_at_utc=at))
    record(
        session,
        at=at,
        actor=actor,
        action="calendar_year_entered",
        case_id=None,
        facts={"year": year, "days": len(days), "source": source},
    )
