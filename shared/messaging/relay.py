"""The relay of a service: sends what its transactions left in the outbox. One is active, others
stand by. Polls: a NOTIFY in every transaction would make their commits wait for one another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from shared.messaging.bus import Bus
from shared.messaging.delivery import Batch, CaseIsClosed, Delivery, Limits
from shared.messaging.failures import describe
from shared.messaging.housekeeping import Chore, Every, Housekeeping
from shared.messaging.leadership import lead, resign
from shared.messaging.numbering import number_events
from shared.messaging.retention import prune_outbox
from shared.messaging.workflow_sink import WorkflowCalls, WorkflowNotFound, WorkflowSink

__all__ = ["Chore", "Limits", "Relay", "WorkflowNotFound", "WorkflowSink"]

log = logging.getLogger(__name__)

LEADER = "gongjiang relay"
IDLE_POLL_SECONDS = 0.3
_UNNUMBERED = text("""
    SELECT EXISTS (
        SELECT 1 FROM outbox
        WHERE delivered_at_utc IS NULL AND kind = 'event' AND sequence IS NULL)
""")


class Relay:
    def __init__(
        self,
        engine: Engine,
        bus: Bus,
        workflows: WorkflowSink,
        *,
        case_is_closed: CaseIsClosed,
        link_audit: Callable[[Connection], int],
        limits: Limits | None = None,
        poll_seconds: float = 0.03,
        keep_days: float = 7.0,
        chores: Sequence[Chore] = (),
    ) -> None:
        """`link_audit`: audit.link. `keep_days`: how long delivered rows stay in the outbox.
        `chores`: what else one process alone does, beside the sending (housekeeping.py)."""
        self._engine, self._bus, self._workflows = engine, bus, workflows
        self._case_is_closed, self._limits = case_is_closed, limits or Limits()
        self._link_audit = link_audit
        self._poll_seconds, self._keep_days = poll_seconds, keep_days
        self._ahead: tuple[int, Batch] | None = None  # how many were numbered, what is due
        self._linking, self._pruning = Every(0.25), Every(600.0)
        self._housekeeping = Housekeeping(engine, chores)

    def run(self, stop: threading.Event) -> None:
        """Until `stop`. A database that is away is waited for; nothing is lost by a kill."""
        publisher, calls = self._bus.publisher(), WorkflowCalls(self._workflows)
        delivery = Delivery(publisher, calls, self._case_is_closed, self._limits)
        try:
            while not stop.is_set():
                try:
                    with self._engine.connect() as connection:
                        self._lead(connection, delivery, stop)
                except DBAPIError as error:
                    log.warning("the relay begins again: %s", describe(error))
                    stop.wait(0.5)
        finally:
            calls.close()
            publisher.close()

    def turn(self, connection: Connection, delivery: Delivery) -> int:
        """Numbers, reads, delivers; how many rows moved. While a full batch is on its way the next
        one, of other cases, is numbered and read on a connection of its own."""
        numbered, batch = self._ahead or self._prepare(connection, delivery)
        self._ahead = None
        if not batch.is_full:
            return numbered + delivery.deliver(connection, batch)
        with ThreadPoolExecutor(1) as aside:
            ahead = aside.submit(self._prepare_aside, delivery, batch.cases)
            delivered = delivery.deliver(connection, batch)
        self._ahead = ahead.result()
        return numbered + delivered

    def _prepare(
        self, connection: Connection, delivery: Delivery, besides: Sequence[str] = ()
    ) -> tuple[int, Batch]:
        with connection.begin():
            unnumbered = connection.execute(_UNNUMBERED).scalar_one()
        numbered = number_events(connection, self._limits.batch) if unnumbered else 0
        return numbered, delivery.read(connection, besides)

    def _prepare_aside(self, delivery: Delivery, besides: Sequence[str]) -> tuple[int, Batch]:
        with self._engine.connect() as connection:
            return self._prepare(connection, delivery, besides)

    def _lead(self, connection: Connection, delivery: Delivery, stop: threading.Event) -> None:
        if not lead(connection, LEADER, stop):
            return
        log.info("this relay is active")
        busy_at, self._ahead = time.monotonic(), None
        try:
            with self._housekeeping.beside():
                while not stop.is_set():
                    moved = self.turn(connection, delivery)
                    self._keep_house(connection)
                    if moved:
                        busy_at = time.monotonic()
                    else:
                        stop.wait(self._pause(time.monotonic() - busy_at))
        finally:
            with suppress(DBAPIError):
                resign(connection)

    def _pause(self, idle_seconds: float) -> float:
        """Quick while there is work, slower the longer there was none: an idle system should cost
        next to nothing, and a first message may wait a fraction of a second."""
        return min(IDLE_POLL_SECONDS, max(self._poll_seconds, idle_seconds / 20))

    def _keep_house(self, connection: Connection) -> None:
        if self._linking.is_due():
            with connection.begin():
                self._link_audit(connection)
        if self._pruning.is_due():
            prune_outbox(connection, self._keep_days)
