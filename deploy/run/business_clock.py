"""The demonstration's clock stands still while the system is down: its origin moves instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from deploy.run.files import read_json, write_json
from deploy.run.words import CannotStart

ANCHOR = "2024-03-04"
SAVED_EVERY = 1.0


class BusinessClock:
    """Counts the working days that the demonstration has lived, as a fraction, so that another
    speed after a restart goes on from the same moment."""

    def __init__(self, file: Path, seconds: float, wall: Callable[[], float] = time.time) -> None:
        self._file = file
        self.seconds = seconds
        self._wall = wall
        kept = read_json(file, {})
        lived = float(kept.get("working_days", 0.0))
        if kept and not kept.get("stopped", False):
            lived += SAVED_EVERY / seconds  # killed: never show a moment twice
        self.origin = wall() - lived * seconds
        self.save()

    def save(self, stopped: bool = False) -> None:
        lived = (self._wall() - self.origin) / self.seconds
        write_json(self._file, {"working_days": lived, "stopped": stopped})

    def setting(self) -> str:
        """For GONGJIANG_CLOCK."""
        return f"demonstration:{ANCHOR}:{self.origin:.3f}:{self.seconds:g}"


def seconds_per_working_day(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.05 <= seconds <= 86_400:
        raise CannotStart(
            f"GONGJIANG_SECONDS_PER_WORKING_DAY 应为 0.05 至 86400 之间的秒数，现为“{text}”。",
            "GONGJIANG_SECONDS_PER_WORKING_DAY must be seconds between 0.05 and 86400, "
            f"and is {text!r}.",
        )
    return seconds
