"""Says step by step who did what and what came of it, and stops where something does not hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Found = TypeVar("Found")
LONGEST_SECONDS = 240.0
POLL_SECONDS = 0.25


class DoesNotHold(Exception):
    """A step did not come out as the story has it."""


class Abandoned(Exception):
    """Another part of the story failed; this one stops."""


class Story:
    """One chapter's voice. `abandoned` is shared by the chapters: when one fails, all end."""

    _voice = threading.Lock()

    def __init__(self, chapter: int, abandoned: threading.Event) -> None:
        self._chapter, self._number, self._abandoned = chapter, 0, abandoned
        self._began = time.monotonic()

    def tell(self, who: str, zh: str, en: str) -> None:
        with self._voice:
            self._number += 1
            label = f"{self._chapter}.{self._number:02d}"
            seconds = time.monotonic() - self._began
            print(f"{label} {seconds:5.0f}s  {who}：{zh}\n{'':14}{en}", flush=True)

    def holds(self, true: bool, zh: str, en: str) -> None:
        if not true:
            raise DoesNotHold(f"{zh} / {en}")

    def wait(
        self,
        probe: Callable[[], Found | None],
        what: str,
        seconds: float = LONGEST_SECONDS,
    ) -> Found:
        """Asks until `probe` finds something. Raises DoesNotHold past the deadline."""
        deadline = time.monotonic() + seconds
        while True:
            if self._abandoned.is_set():
                raise Abandoned
            found = probe()
            if found is not None and found is not False:
                return found
            if time.monotonic() > deadline:
                raise DoesNotHold(f"{seconds:.0f} 秒内没有等到 / did not come in time: {what}")
            time.sleep(POLL_SECONDS)

    def together(self, parts: Sequence[Callable[[], object]]) -> None:
        """All at the same time. When one fails, the whole story ends; raises what it raised."""
        with ThreadPoolExecutor(len(parts)) as pool:
            for error in pool.map(self._ended, parts):
                if error is not None and not isinstance(error, Abandoned):
                    raise error
        if self._abandoned.is_set():
            raise Abandoned

    def _ended(self, part: Callable[[], object]) -> Exception | None:
        try:
            part()
        except Exception as error:
            self._abandoned.set()
            return error
        return None
