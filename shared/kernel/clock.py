"""Time. Dates of the domain come from a Clock; only tokens, caches and the like use wall time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

# China has one zone and no summer time since 1991; a fixed offset needs no zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """The business clock: `now` is aware and in UTC, `today` is the date in Shanghai."""

    def now(self) -> datetime: ...

    def today(self) -> date: ...

    def wall_seconds_until(self, at: datetime) -> float:
        """Seconds of wall time until the business moment `at`; 0 when it has passed."""
        ...


def wall_now() -> datetime:
    """The real time, aware and in UTC: for tokens, logs and leases, never for a domain date."""
    return datetime.now(UTC)


def shanghai_date(at: datetime) -> date:
    """The date that a calendar on a wall in China shows at `at` (aware)."""
    return at.astimezone(SHANGHAI).date()


def shanghai(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The moment of a Chinese date and hour, in UTC. Hour 24 is midnight at the day's end."""
    midnight = datetime.combine(day, time(), tzinfo=SHANGHAI)
    return (midnight + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


class WallClock:
    """Production: the business moves as the wall clock does."""

    def now(self) -> datetime:
        return wall_now()

    def today(self) -> date:
        return shanghai_date(self.now())

    def wall_seconds_until(self, at: datetime) -> float:
        return max(0.0, (at - self.now()).total_seconds())


class ManualClock:
    """Stands still until it is moved, never backwards. A plain date means 09:00 in Shanghai."""

    def __init__(self, start: datetime | date) -> None:
        self._now = _moment(start)

    def now(self) -> datetime:
        return self._now

    def today(self) -> date:
        return shanghai_date(self._now)

    def wall_seconds_until(self, at: datetime) -> float:
        return max(0.0, (at - self._now).total_seconds())

    def advance_to(self, at: datetime | date) -> None:
        later = _moment(at)
        if later < self._now:
            raise ValueError("a clock does not run backwards")
        self._now = later

    def advance(self, by: timedelta) -> None:
        self.advance_to(self._now + by)


def _moment(at: datetime | date) -> datetime:
    if not isinstance(at, datetime):
        return shanghai(at, 9)
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC)
