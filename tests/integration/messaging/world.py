"""One service with its relay, one subscriber with its consumer, and what they saw."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from shared.contracts import make_event
from shared.messaging.bus import Bus
from shared.messaging.consumer import Retry, Subscription, run_consumer
from shared.messaging.delivery import Delivery, Limits
from shared.messaging.feed import Feed
from shared.messaging.inbox import Receives
from shared.messaging.relay import Relay
from shared.messaging.workflow_sink import WorkflowCalls, WorkflowNotFound
from shared.persistence import Sessions

AT = datetime(2024, 3, 4, 9, tzinfo=UTC)
QUICK = Limits(batch=500, attempts=3, first_delay=0.02, longest_delay=0.1, longest_hold=0.1)
QUICK_RETRY = Retry(attempts=3, first_delay=0.01)
INSTRUCTED = "subsidy.payment_instructed.v1"


def instruction(case_id: str, number: int) -> dict[str, Any]:
    data = {
        "payment_id": f"{case_id}/{number}",
        "batch_id": "BAT-2024-000001",
        "case_id": case_id,
        "entitlement_id": f"ENT-{case_id}",
        "person_ref": "5f" * 32,
        "amount_fen": 150000,
        "currency": "CNY",
        "scheme": "skill-upgrade-subsidy",
        "replaces": None,
        "end_to_end_id": f"{case_id}/{number}",
    }
    return make_event(INSTRUCTED, subject=case_id, data=data, at=AT)


def submitted(case_id: str) -> dict[str, Any]:
    """Of a type that finance does not read."""
    data = {
        "case_id": case_id,
        "procedure": "skill-upgrade-subsidy",
        "procedure_version": "hubei-2023",
        "person_ref": "5f" * 32,
        "region": "421281",
    }
    return make_event("subsidy.case_submitted.v1", subject=case_id, data=data, at=AT)


@dataclass
class Workflows:
    """A workflow server: remembers the calls; refuses or loses what it is told to."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    away: bool = False

    async def start(self, case_id: str) -> None:
        self._answer(case_id)
        self.calls.append((case_id, "start"))

    async def signal(self, case_id: str, signal: str, outbox_id: int) -> None:
        self._answer(case_id)
        if case_id in self.unknown:
            raise WorkflowNotFound(case_id)
        self.calls.append((case_id, signal))

    async def revive(self, case_id: str, signal: str, outbox_id: int) -> None:
        self._answer(case_id)
        if case_id in self.unknown:
            self.unknown.remove(case_id)
            self.calls.append((case_id, "start"))
        self.calls.append((case_id, signal))

    def _answer(self, case_id: str) -> None:
        if self.away:
            raise ConnectionRefusedError
        if case_id in self.refused:
            raise ValueError(case_id)


@dataclass
class Finance:
    """A subscriber's handler: what it booked is in the database, so a rollback takes it back."""

    name: str = "finance"
    fails_on: dict[str, int] = field(default_factory=dict)  # payment_id -> how often
    seen: list[str] = field(default_factory=list)

    def subscription(self) -> Subscription:
        return Subscription(self.name, ["subsidy"], {INSTRUCTED}, self.handle)

    def handle(self, session: Session, event: dict[str, Any]) -> None:
        payment = event["data"]["payment_id"]
        self.seen.append(payment)
        session.execute(
            text("INSERT INTO booked (payment_id, traceparent) VALUES (:payment, :trace)"),
            {"payment": payment, "trace": event.get("traceparent")},
        )
        if self.fails_on.get(payment, 0) > 0:
            self.fails_on[payment] -= 1
            raise ValueError("refused by the test")


def booked(sessions: Sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(text("SELECT payment_id FROM booked ORDER BY id")))


def make_relay(engine: Engine, bus: Bus, workflows: Workflows, **settings: Any) -> Relay:
    return Relay(
        engine,
        bus,
        workflows,
        case_is_closed=settings.pop("case_is_closed", lambda connection, case_id: False),
        link_audit=settings.pop("link_audit", lambda connection: 0),
        limits=settings.pop("limits", QUICK),
        **settings,
    )


@contextmanager
def delivering(bus: Bus, workflows: Workflows, limits: Limits = QUICK) -> Iterator[Delivery]:
    """The second half of a relay alone."""
    publisher, calls = bus.publisher(), WorkflowCalls(workflows)
    try:
        yield Delivery(publisher, calls, lambda connection, case_id: False, limits)
    finally:
        calls.close()
        publisher.close()


@contextmanager
def in_background(run: Callable[[threading.Event], None]) -> Iterator[threading.Event]:
    """`run(stop)` on a thread, stopped at the end; what it raised is raised here."""
    stop, failures = threading.Event(), []

    def body() -> None:
        try:
            run(stop)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=30)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


@contextmanager
def consuming(
    bus: Bus,
    sessions: Sessions,
    finance: Finance,
    feeds: Mapping[str, Feed],
    inbox: Receives | None = None,
) -> Iterator[None]:
    def run(stop: threading.Event) -> None:
        run_consumer(
            bus, sessions, [finance.subscription()], feeds, stop, inbox=inbox, retry=QUICK_RETRY
        )

    with in_background(run):
        yield


def eventually(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """Waits for what must come; the time-out is for a fault, not for the expected case."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come: {what}")
        time.sleep(0.01)
    return found
