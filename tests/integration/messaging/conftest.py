"""The bus on both transports; the databases of a publishing service and of a subscriber."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from shared.messaging.bus import Bus
from shared.messaging.feed import DatabaseFeed
from shared.persistence import Sessions, open_engine, open_sessions
from tests.integration.messaging.world import Finance, Workflows


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


@pytest.fixture
def pgmq_bus(empty_database: str) -> Bus:
    return Bus(f"pgmq:{keyword_dsn(empty_database)}")


@pytest.fixture
def rabbitmq_bus(rabbitmq_url: str) -> Bus:
    return Bus(rabbitmq_url)


@pytest.fixture(params=["rabbitmq", "pgmq"])
def bus(request: pytest.FixtureRequest) -> Bus:
    made: Bus = request.getfixturevalue(f"{request.param}_bus")
    return made


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    """Of subsidy, which publishes."""
    engine = open_engine(database("subsidy"), "test relay")
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    return open_sessions(engine)


@pytest.fixture
def finance_sessions(database: Callable[[str], str]) -> Iterator[Sessions]:
    """Of a subscriber; any service's database has the tables of a consumer."""
    engine = open_engine(database("nomination"), "test consumer")
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE booked (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                " payment_id text, traceparent text)"
            )
        )
    yield open_sessions(engine)
    engine.dispose()


@pytest.fixture
def feeds(sessions: Sessions) -> dict[str, DatabaseFeed]:
    return {"subsidy": DatabaseFeed(sessions)}


@pytest.fixture
def workflows() -> Workflows:
    return Workflows()


@pytest.fixture
def finance() -> Finance:
    return Finance()
