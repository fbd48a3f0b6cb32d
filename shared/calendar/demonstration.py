"""A business clock for demonstrations: a working day passes in seconds, other days in none."""

from __future__ import annotations

import math
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shared.calendar.pace import KeptPace, Pace, SteadyPace
from shared.calendar.working_days import Calendar
from shared.kernel.clock import SHANGHAI, Clock, WallClock, shanghai

_SECONDS_A_DAY = 24 * 60 * 60


class ClockRefused(Exception):
    """The setting of the clock cannot be used."""


class DemonstrationClock:
    """Before any working day was lived it is 00:00 of the anchor, or of the first working day
    after it; each working day then lasts `pace.seconds` of wall time, 00:00 to 24:00. Processes
    that share anchor and pace agree, also after a restart."""

    def __init__(
        self,
        anchor: date,
        pace: Pace,
        calendar: Calendar,
        wall: Callable[[], float] = time.time,
    ) -> None:
        if pace.seconds <= 0:
            raise ClockRefused("a working day lasts more than 0 seconds")
        self._anchor = anchor
        self._pace = pace
        self._calendar = calendar
        self._wall = wall
        self._lock = threading.Lock()
        self._days: list[date] = []

    def now(self) -> datetime:
        elapsed = self._pace.lived()
        whole = math.floor(elapsed)
        day = self._working_day(whole)
        return shanghai(day) + timedelta(seconds=(elapsed - whole) * _SECONDS_A_DAY)

    def today(self) -> date:
        return self.now().astimezone(SHANGHAI).date()

    def wall_seconds_until(self, at: datetime) -> float:
        """Rounded up to a millisecond, so that a timer that ran is not a moment too early; while
        the clock stands still it is as if it ran. What falls on a day that is not worked comes
        when the next working day begins."""
        local = at.astimezone(SHANGHAI)
        day, index = self._at_or_after(local.date())
        since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = since_midnight.total_seconds() / _SECONDS_A_DAY if day == local.date() else 0.0
        left = (index + passed - self._pace.lived()) * self._pace.seconds
        return 0.0 if at <= self.now() else max(0.001, math.ceil(left * 1000) / 1000)

    def wall_time_of(self, at: datetime) -> datetime:
        """When, in wall time, the business moment `at` comes."""
        moment = self._wall() + self.wall_seconds_until(at)
        return datetime.fromtimestamp(moment, UTC)

    def _working_day(self, index: int) -> date:
        with self._lock:
            while len(self._days) <= index:
                self._extend()
            return self._days[index]

    def _at_or_after(self, day: date) -> tuple[date, int]:
        with self._lock:
            while not self._days or self._days[-1] < day:
                self._extend()
            index = bisect_left(self._days, day)
            return self._days[index], index

    def _extend(self) -> None:
        before = self._days[-1] if self._days else self._anchor - timedelta(days=1)
        self._days.append(self._calendar.add_working_days(before, 1))


def clock_from(setting: str, environment: str, calendar: Calendar) -> Clock:
    """`wall`, or `demonstration:<anchor date>:<origin>:<seconds a working day>`, which production
    refuses; the origin is seconds of the epoch, or the file of a keeper (its path). Raises
    ClockRefused."""
    if setting == "wall":
        return WallClock()
    kind, _, rest = setting.partition(":")
    anchor_text, _, rest = rest.partition(":")
    origin, _, speed = rest.rpartition(":")
    if kind != "demonstration" or not (anchor_text and origin and speed):
        raise ClockRefused(
            f"the clock is neither `wall` nor `demonstration:DATE:ORIGIN:SECONDS`: {setting!r}"
        )
    if environment == "production":
        raise ClockRefused("生产环境不能使用演示时钟 / production refuses the demonstration clock")
    try:
        anchor, seconds = date.fromisoformat(anchor_text), float(speed)
        kept = origin.startswith("/")
        pace = KeptPace(Path(origin), seconds) if kept else SteadyPace(float(origin), seconds)
    except ValueError as error:
        raise ClockRefused(f"the clock cannot be read: {setting!r}") from error
    return DemonstrationClock(anchor, pace, calendar)
