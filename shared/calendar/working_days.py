"""Working days (工作日): weekdays, less the holidays, plus the make-up days (调休) that the State
Council announces for each year. Pure, but for the table of the `holidays` package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

import holidays

from shared.kernel.clock import shanghai, shanghai_date

# The first and last year whose make-up days `holidays` 0.108 knows; a test compares.
BUILT_IN_YEARS = (2004, 2026)
CLOSING_HOUR = 18
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What an officer entered. `days` says of single days whether they are worked and wins over
    everything; `years` are those whose whole table of exceptions is in `days`."""

    days: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a time limit. Provisional: make-up days on the way are not announced yet."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """A notice's days, both included; `at` is the closing hour of the last one."""

    first: date
    last: date
    at: datetime
    provisional: bool


class Calendar:
    def __init__(self, overrides: Overrides | None = None) -> None:
        self._overrides = overrides or Overrides()

    def override(self, overrides: Overrides) -> None:
        """Takes a newly entered table into use; due dates that were provisional can be computed
        again after it."""
        self._overrides = overrides

    def covered(self, day: date) -> bool:
        """Whether the day's year is announced, so that the answer is more than a guess."""
        first, last = BUILT_IN_YEARS
        return first <= day.year <= last or day.year in self._table().years

    def is_working_day(self, day: date) -> bool:
        overrides = self._table()
        if day in overrides.days:
            return overrides.days[day]
        if day.year in overrides.years:
            return day.weekday() < 5
        off, made_up = _announced(day.year)
        return day in made_up or (day.weekday() < 5 and day not in off)

    def add_working_days(self, day: date, n: int) -> date:
        """The nth working day after `day`, or before it when n is negative; n = 0 is `day`."""
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; negative when `last` is earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        days = (last - first).days
        return sum(self.is_working_day(first + _DAY * i) for i in range(1, days + 1))

    def due(self, start: datetime, n_wd: int) -> Due:
        """18:00 in Shanghai of the nth working day after the date of `start` there (民法典 201:
        the day of the start is not counted)."""
        first = shanghai_date(start)
        last = self.add_working_days(first, n_wd)
        return Due(shanghai(last, CLOSING_HOUR), self._provisional(first, last))

    def notice_period(self, published: datetime, n: int, first_day_counts: bool) -> NoticePeriod:
        """A notice of n working days. Four real notices of five working days count the first day;
        the Civil Code's rule gives one day more, hence the setting. A day whose closing hour has
        passed does not count: nobody could have objected on it."""
        if n < 1:
            raise ValueError("a notice lasts at least one working day")
        first = shanghai_date(published)
        on_time = published < shanghai(first, CLOSING_HOUR)
        counted = first_day_counts and on_time and self.is_working_day(first)
        last = self.add_working_days(first, n - 1 if counted else n)
        return NoticePeriod(
            first, last, shanghai(last, CLOSING_HOUR), self._provisional(first, last)
        )

    def _table(self) -> Overrides:
        return self._overrides

    def _provisional(self, first: date, last: date) -> bool:
        years = range(min(first, last).year, max(first, last).year + 1)
        return not all(self.covered(date(year, 1, 1)) for year in years)


@cache
def _announced(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and make-up working days. Past the coverage: the statutory holidays alone."""
    table = holidays.country_holidays("CN", years=year)
    off = frozenset(day for day in table if day.year == year)
    return off, frozenset(day for day in table.weekend_workdays if day.year == year)
