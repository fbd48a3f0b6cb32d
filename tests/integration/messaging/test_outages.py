"""Connections cut under a running relay and a running consumer: both go on, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Engine, text

from shared.messaging.bus import Bus
from shared.messaging.feed import DatabaseFeed
from shared.persistence import Sessions
from tests.integration.messaging.conftest import keyword_dsn
from tests.integration.messaging.test_consumer import send
from tests.integration.messaging.world import (
    Finance,
    Workflows,
    booked,
    consuming,
    eventually,
    in_background,
    make_relay,
)

_CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(params=["rabbitmq", "pgmq"])
def bus_to_cut(request: pytest.FixtureRequest) -> tuple[Bus, Callable[[], None]]:
    if request.param == "pgmq":
        dsn = keyword_dsn(request.getfixturevalue("empty_database"))

        def cut() -> None:
            with psycopg.connect(dsn) as connection:
                connection.execute(_CUT)

        return Bus(f"pgmq:{dsn}"), cut
    broker = request.getfixturevalue("rabbitmq_broker")
    bus = Bus(request.getfixturevalue("rabbitmq_url"))
    return bus, lambda: broker.container.exec(["rabbitmqctl", "close_all_connections", "test"])


def test_a_cut_bus_is_connected_again_and_every_event_is_booked_once(
    bus_to_cut: tuple[Bus, Callable[[], None]],
    engine: Engine,
    sessions: Sessions,
    finance_sessions: Sessions,
    workflows: Workflows,
    finance: Finance,
) -> None:
    bus, cut = bus_to_cut
    with (
        in_background(make_relay(engine, bus, workflows).run),
        consuming(bus, finance_sessions, finance, {"subsidy": DatabaseFeed(sessions)}),
    ):
        sent = send(sessions, 10)
        eventually(lambda: len(booked(finance_sessions)) == 10, "before the cut")
        cut()
        sent += send(sessions, 10, first=11)
        eventually(lambda: len(booked(finance_sessions)) >= 20, "after the cut")
    assert booked(finance_sessions) == sent


def test_a_cut_database_is_connected_again_by_relay_and_consumer(
    engine: Engine,
    sessions: Sessions,
    finance_sessions: Sessions,
    pgmq_bus: Bus,
    workflows: Workflows,
    finance: Finance,
) -> None:
    with (
        in_background(make_relay(engine, pgmq_bus, workflows).run),
        consuming(pgmq_bus, finance_sessions, finance, {"subsidy": DatabaseFeed(sessions)}),
    ):
        sent = send(sessions, 5)
        eventually(lambda: len(booked(finance_sessions)) == 5, "before the cut")
        for cut in (sessions, finance_sessions):
            with cut() as session:
                session.execute(text(_CUT))
        sent += send(sessions, 5, first=6)
        eventually(lambda: len(booked(finance_sessions)) >= 10, "after the cut")
    assert booked(finance_sessions) == sent
