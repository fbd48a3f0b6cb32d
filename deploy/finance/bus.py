"""The queue of payment instructions on RabbitMQ (amqp://…) or in PostgreSQL (pgmq:<DSN>).

Nothing is declared here: the publisher's topology binds the queue `finance_from_subsidy` to
`subsidy.#`, so that every number arrives, also of types that finance does not read."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from kombu import Connection, Consumer, Queue

log = logging.getLogger(__name__)

QUEUE = "finance_from_subsidy"
CONTENT_TYPE = "application/cloudevents+json"
CONNECT_SECONDS = 5

# visibility: what a killed consumer held comes back within a minute
PGMQ_OPTIONS = {
    "visibility_timeout": 60,
    "wait_time_seconds": 0,
    "polling_interval": 0.1,
    "use_notify": True,
    "notify_throttle_interval_ms": 10,
    "init_extension": False,
    "pool_size": 2,
    "pool_timeout": CONNECT_SECONDS,
}


def connect(url: str) -> Connection:
    if url.startswith("pgmq:"):
        options: dict[str, Any] = {**PGMQ_OPTIONS, "conn_string": url.removeprefix("pgmq:")}
        connection = Connection("pgmq://", transport_options=options)
    else:
        options = {"read_timeout": 30, "write_timeout": 10}
        connection = Connection(url, connect_timeout=CONNECT_SECONDS, transport_options=options)
    connection.connect()
    return connection


def listen(connection: Connection, take: Callable[[dict[str, Any]], None]) -> Consumer:
    """`take` gets one event at a time and returns once it is committed; only then is it
    acknowledged. What it raises leaves the message on the queue."""
    quorum = connection.transport.driver_type == "amqp"

    def on_message(message: Any) -> None:
        body = message.body
        try:
            event = json.loads(body if isinstance(body, str) else bytes(body))
        except ValueError:
            log.error("not JSON: passed over; the feed has every event whole")
        else:
            take(event)
        message.ack()

    consumer = Consumer(
        connection.channel(),
        [Queue(QUEUE)],
        on_message=on_message,
        auto_declare=False,
        accept=[CONTENT_TYPE],
        prefetch_count=20 if quorum else 1,
    )
    consumer.consume()
    return consumer
