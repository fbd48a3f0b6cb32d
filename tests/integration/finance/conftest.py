"""Finance's own database and a bank; subsidy's counter, for the tests that pay."""

from collections.abc import Iterator

import pytest

from deploy.finance.database import Connection, Database
from tests.integration.finance.stand_ins import FakeBank
from tests.integration.subsidy.conftest import clock, counter, sessions

__all__ = ["clock", "counter", "sessions"]


@pytest.fixture
def connection(empty_database: str) -> Iterator[Connection]:
    database = Database(empty_database.replace("postgresql+psycopg://", "postgresql://"))
    database.prepare()
    database.prepare()
    with database.connect() as connection:
        yield connection


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank()
