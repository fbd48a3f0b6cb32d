"""Figure 3: the relay (events numbered, delivered, marked) against raw pipelined publishing."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from time import perf_counter

import psycopg
from kombu import Connection as Broker

from shared import audit
from shared.approvals.queries import case_is_closed
from shared.contracts.events import make_event
from shared.messaging.bus import Bus
from shared.messaging.delivery import Delivery
from shared.messaging.relay import Limits, Relay
from shared.messaging.workflow_sink import WorkflowCalls
from shared.persistence import open_engine
from tests.bench.figures import Figure, in_pairs
from tests.bench.floors.raw_publishing import publish_all
from tests.bench.world import World

TYPE = "subsidy.payment_instructed.v1"
EXCHANGE, QUEUE = "subsidy_events", "finance_from_subsidy"


class NoWorkflows:
    """Only events are measured."""

    async def start(self, case_id: str) -> None: ...

    async def signal(self, case_id: str, signal: str, outbox_id: int) -> None: ...

    async def revive(self, case_id: str, signal: str, outbox_id: int) -> None: ...


def measure(world: World, amqp_url: str, size: int, say: Callable[[str], None]) -> Figure:
    """`size`: events in one round of a side, each of a case of its own."""
    url = world.new_database("bench_relay")
    bus, engine = Bus(amqp_url), open_engine(url, "bench")
    relay = Relay(engine, bus, NoWorkflows(), case_is_closed=case_is_closed, link_audit=audit.link)
    bodies = [json.dumps({**an_event(), "sequence": "000000000001"}).encode()] * size
    with closing(bus.publisher()) as publisher, closing(WorkflowCalls(NoWorkflows())) as calls:
        delivery = Delivery(publisher, calls, case_is_closed, Limits())

        def ours() -> float:
            fill_outbox(world.dsn(url), size)
            with engine.connect() as connection:
                began, moved = perf_counter(), 0
                while moved < 2 * size:  # each is numbered and delivered
                    moved += relay.turn(connection, delivery)
                seconds = perf_counter() - began
            assert purge(amqp_url) == size
            return size / seconds

        def floor() -> float:
            seconds = publish_all(amqp_url, EXCHANGE, TYPE, bodies)
            assert purge(amqp_url) == size
            return size / seconds

        gc.freeze()  # as every process of a service does when it is put together
        ours()
        floor()
        pairs = in_pairs(ours, floor, say)
    engine.dispose()
    return Figure("relay to RabbitMQ", "raw pipelined publishing", "/s", 0.7, *pairs)


def an_event() -> dict[str, object]:
    data = {
        "payment_id": "01a1fc65-e6cd-76f1-ad2c-c4d626467e07",
        "batch_id": "PB-2024-000001",
        "case_id": "CLM-2024-000001",
        "entitlement_id": "01a1fc65-e6cd-76f1-ad2c-c4d626467e08",
        "person_ref": "c082c461d006" * 5 + "c082",
        "amount_fen": 150000,
        "currency": "CNY",
        "scheme": "trainee-living-allowance",
        "replaces": None,
        "end_to_end_id": "E2E-CLM-2024-000001-1",
    }
    at = datetime(2024, 3, 4, 8, tzinfo=UTC)
    event: dict[str, object] = make_event(TYPE, subject=str(data["payment_id"]), data=data, at=at)
    return event


def fill_outbox(dsn: str, size: int) -> None:
    """What as many transactions left there, each about a case of its own."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("TRUNCATE outbox")
        rows = "COPY outbox (case_id, kind, content) FROM STDIN"
        with connection.cursor().copy(rows) as copy:
            for number in range(size):
                copy.write_row((f"CLM-2024-{number:06}", "event", json.dumps(an_event())))
        connection.execute("VACUUM ANALYZE outbox")


def purge(amqp_url: str) -> int:
    """How many messages stood in the queue, which is empty then."""
    with Broker(amqp_url) as broker, broker.channel() as channel:
        count: int = channel.queue_purge(QUEUE)
        return count
