"""The calendar of a running process: what an officer enters is in force within a minute."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from shared.calendar.handlers import load_overrides
from shared.calendar.working_days import Calendar, Overrides
from shared.persistence.database import Sessions

log = logging.getLogger(__name__)


class ReloadingCalendar(Calendar):
    """Looks at the table again at most every `seconds`, when it is asked something. While the
    database is away it goes by what it knew; it raises only where it knows nothing yet."""

    def __init__(
        self,
        sessions: Sessions,
        seconds: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._sessions, self._seconds, self._monotonic = sessions, seconds, monotonic
        self._looking, self._next = threading.Lock(), 0.0

    def _table(self) -> Overrides:
        if self._monotonic() >= self._next and self._looking.acquire(blocking=self._next == 0.0):
            try:
                if self._monotonic() >= self._next:
                    self._look()
            finally:
                self._looking.release()
        return super()._table()

    def _look(self) -> None:
        try:
            with self._sessions() as session:
                self.override(load_overrides(session))
        except Exception as error:
            if self._next == 0.0:
                raise
            log.warning("the calendar's table was not read: %s", type(error).__name__)
        self._next = self._monotonic() + self._seconds
