"""The reference finance consumer on the real bus, on both transports."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from deploy.finance.consuming import consume
from deploy.finance.database import Database
from deploy.finance.doubt import Past
from shared.messaging.bus import Bus
from shared.messaging.publishing import Message
from tests.integration.finance.stand_ins import FakeSubsidy, instructed, other

PATIENCE_SECONDS = 20.0


def keyword_dsn(url: str) -> str:
    parts = make_url(url)
    given = {
        "host": parts.host or parts.query.get("host"),
        "port": parts.port,
        "dbname": parts.database,
        "user": parts.username,
        "password": parts.password,
    }
    return psycopg.conninfo.make_conninfo(**{k: v for k, v in given.items() if v is not None})


@pytest.fixture(params=["rabbitmq", "pgmq"])
def bus_url(request: pytest.FixtureRequest) -> str:
    if request.param == "rabbitmq":
        return str(request.getfixturevalue("rabbitmq_url"))
    return f"pgmq:{keyword_dsn(request.getfixturevalue('database')(None))}"


def publish(bus_url: str, *events: dict[str, Any]) -> None:
    publisher = Bus(bus_url).publisher()
    try:
        messages = [Message(each["sequence"], each["type"], json.dumps(each)) for each in events]
        assert publisher.publish(messages) == {}
    finally:
        publisher.close()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.05)


def test_events_come_over_the_bus_and_a_lost_one_from_the_feed(
    bus_url: str, empty_database: str
) -> None:
    database = Database(empty_database.replace("postgresql+psycopg://", "postgresql://"))
    database.prepare()
    feed = FakeSubsidy()
    stop = threading.Event()
    publish(bus_url, other(1))

    def run() -> None:
        with database.connect() as connection:
            consume(connection, bus_url, feed, Past(), stop)  # type: ignore[arg-type]

    def stored() -> set[str]:
        with database.connect() as connection:
            rows = connection.execute("SELECT payment_id FROM instructions").fetchall()
            return {row["payment_id"] for row in rows}

    reader = threading.Thread(target=run)
    reader.start()
    try:
        publish(bus_url, instructed(2), instructed(2))
        until(lambda: stored() == {"p2"})
        feed.log = [other(1), instructed(2), instructed(3), instructed(4)]
        publish(bus_url, instructed(4))
        until(lambda: stored() == {"p2", "p3", "p4"})
    finally:
        stop.set()
        reader.join()
