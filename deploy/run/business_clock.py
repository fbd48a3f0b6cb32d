"""The demonstration's clock runs only while the system is up: its keeper says so each second.

On one machine the supervisor keeps it; in containers `python -m deploy.run.business_clock` does,
which stands still until every service answers."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.run.files import read_json, write_json
from deploy.run.words import CannotStart, both
from shared.calendar.pace import BEAT_SECONDS, GRACE_SECONDS

ANCHOR = "2024-03-04"


class BusinessClock:
    """Counts the working days that the demonstration has lived, as a fraction, so that another
    speed after a restart goes on from the same moment. Stands still until `run`."""

    def __init__(self, file: Path, seconds: float, wall: Callable[[], float] = time.time) -> None:
        self._file, self._wall = file, wall
        self.seconds = seconds
        kept = read_json(file, {})
        self._lived = float(kept.get("working_days", 0.0))
        if kept and not kept.get("stopped", False):
            # killed: never show a moment twice
            self._lived += GRACE_SECONDS / float(kept.get("seconds", seconds))
        self._running_since: float | None = None
        self._write()

    def run(self) -> None:
        """Time begins to pass."""
        self._running_since = self._wall()
        self._write()

    def stop(self) -> None:
        self.beat()
        self._running_since = None
        self._write()

    def beat(self) -> None:
        """While it runs, at least every GRACE_SECONDS: a longer silence (the machine slept, or
        had no time for it) was shown to nobody, and does not count."""
        if self._running_since is None:
            return
        now = self._wall()
        passed = min(max(0.0, now - self._running_since), GRACE_SECONDS)
        self._lived += passed / self.seconds
        self._running_since = now
        self._write()

    def setting(self) -> str:
        """For GONGJIANG_CLOCK."""
        return clock_setting(self._file, self.seconds)

    def _write(self) -> None:
        content = {
            "working_days": self._lived,
            "seconds": self.seconds,
            "at": self._wall() if self._running_since is None else self._running_since,
            "stopped": self._running_since is None,
        }
        write_json(self._file, content)


def clock_setting(file: Path, seconds: float) -> str:
    return f"demonstration:{ANCHOR}:{file}:{seconds:g}"


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


def keep(file: Path, seconds: float, doors: Sequence[str], stop: threading.Event) -> None:
    """Runs the clock once all `doors` (addresses) answer 200, until `stop`."""
    clock = BusinessClock(file, seconds)
    while not all(map(_answers, doors)):
        if stop.wait(1.0):
            return
    clock.run()
    print(both("业务时钟开始走", "the business clock runs"), flush=True)
    while not stop.wait(BEAT_SECONDS):
        clock.beat()
    clock.stop()


def _answers(door: str) -> bool:
    try:
        with urllib.request.urlopen(door, timeout=3.0) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main(arguments: Sequence[str]) -> None:
    """FILE DOOR…"""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        seconds = seconds_per_working_day(
            os.environ.get("GONGJIANG_SECONDS_PER_WORKING_DAY") or "5"
        )
    except CannotStart as error:
        sys.exit(str(error))
    keep(Path(arguments[0]), seconds, arguments[1:], stop)


if __name__ == "__main__":
    main(sys.argv[1:])
