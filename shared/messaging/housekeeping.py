"""What the one active relay of a service does from time to time beside its sending: each chore in a
transaction of its own, on a thread of its own, so that nothing waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from shared.messaging.failures import describe, is_lost_database

log = logging.getLogger(__name__)

LOOKS_EVERY_SECONDS = 0.2
# (every so many seconds, what); a chore that answers True has more to do and is due again at once
Chore = tuple[float, Callable[[Connection], object]]


class Every:
    def __init__(self, seconds: float) -> None:
        self._seconds, self._next = seconds, 0.0

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True

    def again(self) -> None:
        self._next = 0.0


class Housekeeping:
    def __init__(self, engine: Engine, chores: Sequence[Chore]) -> None:
        self._engine = engine
        self._chores = [(Every(seconds), do) for seconds, do in chores]

    @contextmanager
    def beside(self) -> Iterator[None]:
        """The chores are done while the block runs; its end waits for the one under way."""
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(stop,), name="chores", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _run(self, stop: threading.Event) -> None:
        while self._chores and not stop.is_set():
            with suppress(DBAPIError), self._engine.connect() as connection:
                while not stop.is_set():
                    if not self._turn(connection):
                        stop.wait(LOOKS_EVERY_SECONDS)
            stop.wait(LOOKS_EVERY_SECONDS)

    def _turn(self, connection: Connection) -> bool:
        """Whether any of them has more to do."""
        more = [every for every, do in self._chores if every.is_due() and self._do(connection, do)]
        for every in more:
            every.again()
        return bool(more)

    def _do(self, connection: Connection, do: Callable[[Connection], object]) -> bool:
        """A chore that fails keeps no other from being done; it is tried again at its next turn."""
        try:
            with connection.begin():
                return do(connection) is True
        except Exception as error:
            if is_lost_database(error):
                raise
            log.error("a chore of the relay failed: %s", describe(error))
            return False
