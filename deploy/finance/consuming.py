"""Reads the queue, and the feed wherever the queue left a gap."""

import logging
import threading
import time
from contextlib import closing, suppress
from typing import Any

from deploy.finance import bus
from deploy.finance.database import Connection
from deploy.finance.doubt import Past
from deploy.finance.inbox import Taken, position, take
from deploy.finance.subsidy import Away, FeedRestored, Subsidy

log = logging.getLogger(__name__)

PAGE = 200
CATCH_UP_SECONDS = 60.0


def consume(
    connection: Connection, bus_url: str, subsidy: Subsidy, past: Past, stop: threading.Event
) -> None:
    """Until `stop`, or until the bus is lost: the caller comes again."""
    catch_up(connection, subsidy, past)
    past.was_read()

    def on_event(event: dict[str, Any]) -> None:
        while take(connection, event, doubted=past.may_hold_the_next) is Taken.GAP:
            fill_gap(connection, subsidy, past, int(event["sequence"]), stop)

    with closing(bus.connect(bus_url)) as queue:
        bus.listen(queue, on_event)
        next_round = time.monotonic() + CATCH_UP_SECONDS
        while not stop.is_set():
            with suppress(TimeoutError):
                queue.drain_events(timeout=0.5)
            if time.monotonic() >= next_round:
                catch_up(connection, subsidy, past)
                next_round = time.monotonic() + CATCH_UP_SECONDS


def catch_up(connection: Connection, subsidy: Subsidy, past: Past) -> int:
    """Read the feed to its end; answers how many events were new. The last event taken is read
    once more: where another has its number, subsidy was restored, and numbers that were read
    before belong to events that were not. Raises FeedRestored, Away."""
    taken = 0
    while True:
        last = position(connection)
        events = subsidy.events(max(0, last - 1), PAGE)
        if last and (not events or int(events[0]["sequence"]) != last):
            raise FeedRestored(f"the feed has no number {last} any more")
        for event in events:
            taken += take(connection, event, doubted=past.may_hold_the_next) is Taken.NEW
        if len(events) < PAGE:
            return taken


def fill_gap(
    connection: Connection, subsidy: Subsidy, past: Past, number: int, stop: threading.Event
) -> None:
    """Until everything before `number` was taken. Raises Away when told to stop before that."""
    while position(connection) < number - 1:
        try:
            found = catch_up(connection, subsidy, past)
        except Away as away:
            log.warning("a gap before %s waits for the feed: %s", number, away)
            found = 0
        if not found and stop.wait(0.5):
            raise Away("stopped")
