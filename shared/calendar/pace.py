"""How many working days a demonstration has lived: from a fixed origin, or as a keeper says it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

BEAT_SECONDS = 1.0  # how often a keeper writes
GRACE_SECONDS = 2.0  # how long the clock goes on after its keeper's last word


class Pace(Protocol):
    @property
    def seconds(self) -> float:
        """Wall time of one working day."""

    def lived(self) -> float:
        """Working days since the anchor, as a fraction; never less than before."""


class SteadyPace:
    """From `origin` (seconds of the epoch) on, without end."""

    def __init__(self, origin: float, seconds: float, wall: Callable[[], float] = time.time):
        self.seconds = seconds
        self._origin, self._wall = origin, wall

    def lived(self) -> float:
        return max(0.0, self._wall() - self._origin) / self.seconds


class KeptPace:
    """Follows the file of a keeper (`deploy.run.business_clock`): {working_days, seconds, at,
    stopped}. Without a file, or with a keeper that fell silent, time stands still."""

    def __init__(self, file: Path, seconds: float, wall: Callable[[], float] = time.time) -> None:
        self.seconds = seconds
        self._file, self._wall = file, wall
        self._lock = threading.Lock()
        self._version: tuple[int, int] | None = None
        self._days, self._at, self._stopped = 0.0, 0.0, True
        self._shown = 0.0

    def lived(self) -> float:
        with self._lock:
            self._read()
            since = 0.0 if self._stopped else self._wall() - self._at
            days = self._days + min(max(0.0, since), GRACE_SECONDS) / self.seconds
            self._shown = max(self._shown, days)
            return self._shown

    def _read(self) -> None:
        """The file is replaced as a whole; what cannot be read leaves what was known."""
        try:
            found = self._file.stat()
            version = (found.st_mtime_ns, found.st_ino)
            if version == self._version:
                return
            said = json.loads(self._file.read_text(encoding="utf-8"))
            read = float(said["working_days"]), float(said["at"]), bool(said["stopped"])
            self.seconds = float(said["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        (self._days, self._at, self._stopped), self._version = read, version
