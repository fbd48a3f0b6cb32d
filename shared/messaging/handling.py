"""One event into a subscription: order, duplicates, retries and the grave. Knows no transport."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shared.contracts import InvalidEvent, parse_event
from shared.messaging.dead_letters import (
    bury,
    count_attempt,
    forget_attempts,
    mark_replayed,
    to_replay,
)
from shared.messaging.failures import describe, is_lost_database
from shared.messaging.inbox import Receipt, Receives
from shared.messaging.trace import traced
from shared.persistence import Sessions

log = logging.getLogger(__name__)

DIED = "the consumer died while handling it"


@dataclass(frozen=True)
class Subscription:
    """`name`: as in the topology. `handle(session, event)` runs in the inbox's transaction."""

    name: str
    services: list[str]
    types: set[str]
    handle: Callable[[Session, dict[str, Any]], None]


@dataclass(frozen=True)
class Retry:
    """`attempts` in all, then the event is a dead letter. The delays together stay well under
    the 60 seconds for which pgmq hides a message."""

    attempts: int = 5
    first_delay: float = 0.2


class Stopped(Exception):
    """Told to stop before the event was dealt with: it must come again."""


class _NotNew(Exception):
    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt


class Handling:
    def __init__(
        self,
        sessions: Sessions,
        subscription: Subscription,
        inbox: Receives,
        retry: Retry,
        stop: threading.Event,
    ) -> None:
        self._sessions, self._subscription, self._inbox = sessions, subscription, inbox
        self._retry, self._stop = retry, stop
        self._proven = False  # whether this process has survived an event yet
        self._counted: str | None = None  # the event that was counted before it was tried

    def take(self, event: dict[str, Any]) -> Receipt:
        """NEW: handled, passed over or buried. Raises Stopped."""
        while not self._stop.is_set():
            try:
                receipt = self._try(event)
                self._proven = True
                return receipt
            except Exception as error:
                if is_lost_database(error):
                    log.warning("the database of %s is away", self._subscription.name)
                    self._stop.wait(1.0)
                    continue
                self._proven = True
                if self._give_up(event, error):
                    return Receipt.NEW
        raise Stopped

    def position(self, source: str) -> int | None:
        with self._sessions.begin() as session:
            return self._inbox.position(session, self._subscription.name, source)

    def replay_next(self, source: str) -> bool:
        """Tries the oldest dead letter that a replay was asked for; False when there is none."""
        name, letter = self._subscription.name, None
        try:
            with self._sessions.begin() as session:
                letter = to_replay(session, name, source)
                if letter is None:
                    return False
                session.expunge(letter)  # it is still to be read after a rollback
                if self._inbox.receive_again(session, name, letter.event):
                    self._handle(session, letter.event)
                mark_replayed(session, letter.id)
        except Exception as error:
            if letter is None or is_lost_database(error):
                raise
            again, reason = letter.attempts + 1, describe(error)
            with self._sessions.begin() as session:
                bury(session, name, letter.event, attempts=again, reason=reason)
        return True

    def _try(self, event: dict[str, Any]) -> Receipt:
        name, reads = self._subscription.name, event["type"] in self._subscription.types
        counted = reads and not self._proven and self._count_beforehand(event)
        try:
            with self._sessions.begin() as session:
                receive = self._inbox.receive if reads else self._inbox.pass_over
                receipt = receive(session, name, event)
                if receipt is not Receipt.NEW:
                    raise _NotNew(receipt)
                if reads:
                    self._handle(session, event)
                    if counted:
                        forget_attempts(session, name, event["id"])
        except _NotNew as refusal:
            if counted:
                with self._sessions.begin() as session:
                    forget_attempts(session, name, event["id"])
            return refusal.receipt
        return Receipt.NEW

    def _handle(self, session: Session, event: dict[str, Any]) -> None:
        with traced(event.get("traceparent")):
            self._subscription.handle(session, parse_event(event))

    def _count_beforehand(self, event: dict[str, Any]) -> bool:
        """The first event of a process is counted before it is tried: if it kills the process
        each time, nothing else would ever count it."""
        with self._sessions.begin() as session:
            attempts = count_attempt(session, self._subscription.name, event["id"], DIED)
        self._counted = event["id"]
        if attempts > self._retry.attempts:
            raise _Deadly
        return True

    def _give_up(self, event: dict[str, Any], error: Exception) -> bool:
        """Counts the failure; buries the event after the last, else waits for the next try."""
        name = self._subscription.name
        reason = DIED if isinstance(error, _Deadly) else describe(error)
        step = 0 if self._counted == event["id"] else 1
        self._counted = None
        with self._sessions.begin() as session:
            attempts = count_attempt(session, name, event["id"], reason, step=step)
            last = attempts >= self._retry.attempts or isinstance(error, InvalidEvent)
            if last:
                bury(session, name, event, attempts=attempts, reason=reason)
                self._inbox.pass_over(session, name, event)
        log.log(
            logging.ERROR if last else logging.WARNING,
            "%s failed on event %s (%s), attempt %s: %s",
            name, event["id"], event["type"], attempts, reason,
        )  # fmt: skip
        if not last:
            self._stop.wait(self._retry.first_delay * 2 ** (attempts - 1))
        return last


class _Deadly(Exception):
    pass
