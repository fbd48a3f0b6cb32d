"""The consumer of a service: each subscription reads each of its sources on a thread of its own,
one event at a time, in the order of the numbers. One process of several is active."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from kombu import Connection, Consumer
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Engine, text

from shared.contracts import CONTENT_TYPE, InvalidEvent, check_envelope, sequence_of
from shared.messaging.bus import Bus, hang_up
from shared.messaging.dead_letters import bury, bury_unless_handled
from shared.messaging.failures import Unavailable, describe
from shared.messaging.feed import Feed
from shared.messaging.handling import Handling, Retry, Stopped, Subscription
from shared.messaging.inbox import Inbox, Receipt, Receives
from shared.messaging.leadership import lead, resign
from shared.messaging.retention import prune_inbox
from shared.messaging.topology import DELIVERY_LIMIT, Route, dead_queue_for, queue_for
from shared.persistence import Sessions

__all__ = ["Retry", "Subscription", "run_consumer"]

log = logging.getLogger(__name__)

PAGE = 200
AMQP_PREFETCH = 20  # on pgmq 1: what waits there would become visible again meanwhile
UNREADABLE = "unreadable"


def run_consumer(
    bus: Bus,
    sessions: Sessions,
    subscriptions: Sequence[Subscription],
    feeds: Mapping[str, Feed],
    stop: threading.Event,
    *,
    inbox: Receives | None = None,
    retry: Retry | None = None,
    keep_days: float = 30.0,
) -> None:
    """Until `stop`. A bus, a feed or a database that is away is waited for. `feeds`: one for each
    source. Raises ValueError where the subscriptions do not fit the topology."""
    threads = []
    for subscription in subscriptions:
        for source in subscription.services:
            route = _route(bus, subscription, source)
            handling = Handling(sessions, subscription, inbox or Inbox(), retry or Retry(), stop)
            reader = _Reader(bus, sessions, route, handling, feeds[source], stop, keep_days)
            threads.append(threading.Thread(target=reader.run, name=route.queue))
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()


def _route(bus: Bus, subscription: Subscription, source: str) -> Route:
    for route in bus.routes:
        if (route.subscriber, route.source) == (subscription.name, source):
            wanted = {type for type in subscription.types if type.startswith(f"{source}.")}
            if wanted - route.types:
                raise ValueError(f"the topology gives {route.queue} no {wanted - route.types}")
            return route
    raise ValueError(f"the topology has no queue for {subscription.name} from {source}")


class _Reader:
    def __init__(
        self,
        bus: Bus,
        sessions: Sessions,
        route: Route,
        handling: Handling,
        feed: Feed,
        stop: threading.Event,
        keep_days: float,
    ) -> None:
        self._bus, self._sessions, self._route, self._handling = bus, sessions, route, handling
        self._feed, self._stop, self._keep_days = feed, stop, keep_days

    def run(self) -> None:
        delay = 0.25
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                with _engine_of(self._sessions).connect() as connection:
                    self._lead(connection)
            except Stopped:
                return
            except Exception as error:
                delay = 0.25 if time.monotonic() - began > 30 else min(delay * 2, 5.0)
                log.warning("%s begins again: %s", self._route.queue, describe(error))
                self._stop.wait(delay)

    def _lead(self, connection: DatabaseConnection) -> None:
        if not lead(connection, self._route.queue, self._stop):
            return
        bus = None
        try:
            bus = self._bus.connect()
            self._read(bus, connection)
        finally:
            if bus is not None:
                hang_up(bus)
            with suppress(Exception):
                resign(connection)

    def _read(self, bus: Connection, leading: DatabaseConnection) -> None:
        self._catch_up()
        quorum = bus.transport.driver_type == "amqp"
        channel = bus.channel()
        queue = queue_for(self._route, quorum=quorum)
        self._consume(channel, queue, self._on_message, AMQP_PREFETCH if quorum else 1)
        if quorum:
            self._consume(bus.channel(), dead_queue_for(self._route), self._on_dead, 1)
        next_replay, next_round = 0.0, time.monotonic() + 60.0
        while not self._stop.is_set():
            with suppress(TimeoutError):
                bus.drain_events(timeout=0.5)
            now = time.monotonic()
            if now >= next_replay:
                while self._handling.replay_next(self._route.source):
                    pass
                next_replay = now + 0.5
            if now >= next_round:
                with leading.begin():
                    leading.execute(text("SELECT 1"))  # still leading?
                self._catch_up()
                prune_inbox(leading, self._keep_days)
                next_round = now + 60.0

    def _consume(self, channel: Any, queue: Any, on_message: Any, prefetch: int) -> None:
        consumer = Consumer(
            channel,
            [queue],
            on_message=on_message,
            auto_declare=False,  # Bus.connect declared everything
            accept=[CONTENT_TYPE],
            prefetch_count=prefetch,
        )
        consumer.consume()

    def _on_message(self, message: Any) -> None:
        event = self._readable(message)
        if event is not None:
            while self._handling.take(event) is Receipt.GAP:
                self._fill(sequence_of(event) or 0)
        message.ack()

    def _on_dead(self, message: Any) -> None:
        """The broker delivered it too often: unless it went in by the feed, it is a dead letter."""
        event = self._readable(message)
        if event is not None:
            with self._sessions.begin() as session:
                bury_unless_handled(
                    session, self._route.subscriber, event,
                    attempts=DELIVERY_LIMIT, reason="the broker's delivery limit",
                )  # fmt: skip
        message.ack()

    def _readable(self, message: Any) -> dict[str, Any] | None:
        """None for what is no event at all; that is kept as a dead letter."""
        body = message.body
        raw = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
        try:
            event = json.loads(raw)
            check_envelope(event)
        except (ValueError, InvalidEvent) as error:
            id = hashlib.sha256(raw.encode()).hexdigest()
            letter = {"id": id, "type": UNREADABLE, "source": f"/{self._route.source}", "raw": raw}
            with self._sessions.begin() as session:
                bury(
                    session, self._route.subscriber, letter, attempts=1, reason=describe(error)
                )  # fmt: skip
            return None
        return dict(event)

    def _catch_up(self) -> None:
        """Reads on from the feed; what the bus still holds of it are duplicates then."""
        try:
            while self._read_page() == PAGE:
                pass
        except Unavailable as error:
            log.warning("the feed of %s is away: %s", self._route.source, describe(error))

    def _fill(self, up_to: int) -> None:
        """Until everything before `up_to` was taken from the feed, however long that is away."""
        delay, before = 0.1, -1
        while (position := self._handling.position(self._route.source) or 0) < up_to - 1:
            if position == before:
                self._stop.wait(delay)
                delay = min(delay * 2, 5.0)
            if self._stop.is_set():
                raise Stopped
            before = position
            try:
                self._read_page()
            except Unavailable as error:
                log.warning("the feed of %s is away: %s", self._route.source, describe(error))

    def _read_page(self) -> int:
        """How many events the feed had after the position; 0 at a hole, which none may cross."""
        position = self._handling.position(self._route.source)
        if position is None:
            return 0
        events = self._feed.read(position, PAGE)
        for event in events:
            if self._handling.take(event) is Receipt.GAP:
                log.error("the feed of %s has a hole", self._route.source)
                return 0
        return len(events)


def _engine_of(sessions: Sessions) -> Engine:
    with sessions() as session:
        bind = session.get_bind()
    assert isinstance(bind, Engine)
    return bind
