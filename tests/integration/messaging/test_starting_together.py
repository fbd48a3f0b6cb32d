"""Processes of several services start at once and declare and consume the same queues."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
from kombu import Consumer

from shared.messaging.bus import Bus, hang_up
from shared.messaging.topology import queue_for
from tests.integration.messaging.conftest import keyword_dsn

PATIENCE = 120


def start(bus: Bus, together: threading.Barrier) -> None:
    """What a consumer does: declares everything, then reads every queue."""
    together.wait(PATIENCE)
    connection = bus.connect()
    try:
        together.wait(PATIENCE)
        for route in bus.routes:
            Consumer(
                connection.channel(),
                [queue_for(route, quorum=False)],
                on_message=lambda message: None,
                auto_declare=False,
            ).consume()
    finally:
        hang_up(connection)


def test_consumers_that_start_together_on_pgmq_all_start(empty_database: str) -> None:
    dsn, many = keyword_dsn(empty_database), 8
    together = threading.Barrier(many)
    with ThreadPoolExecutor(many) as pool:
        started = [pool.submit(start, Bus(f"pgmq:{dsn}"), together) for _ in range(many)]
    # the first that failed says why; the others only that they waited for it in vain
    failures = [error for each in started if (error := each.exception()) is not None]
    assert [e for e in failures if not isinstance(e, threading.BrokenBarrierError)] == []
    assert failures == []


def test_a_queue_whose_notifications_a_crash_forgot_gets_them_back(empty_database: str) -> None:
    dsn = keyword_dsn(empty_database)
    bus = Bus(f"pgmq:{dsn}")
    hang_up(bus.connect())
    with psycopg.connect(dsn) as connection:
        connection.execute("TRUNCATE pgmq.notify_insert_throttle")
    hang_up(bus.connect())
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT count(*) FROM pgmq.notify_insert_throttle").fetchone()
    assert found == (len(bus.routes),)
