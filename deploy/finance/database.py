"""The finance system's own database: plain SQL, one short transaction for each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

SCHEMA = Path(__file__).with_name("schema.sql")
_PREPARING = 7_260_104_117_101
_ACTIVE = 7_260_104_117_102

Connection = psycopg.Connection[DictRow]


class Database:
    def __init__(self, url: str) -> None:
        self._url = url

    def connect(self) -> Connection:
        options = "-c lock_timeout=5s -c statement_timeout=30s -c timezone=UTC"
        return psycopg.connect(
            self._url,
            row_factory=dict_row,
            autocommit=True,
            connect_timeout=5,
            # a server that vanished without a word is noticed in half a minute
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=30_000,
            application_name="gongjiang-finance",
            options=options,
        )

    def prepare(self) -> None:
        with self.connect() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_PREPARING,))
            connection.execute(SCHEMA.read_bytes())

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self.connect() as connection, connection.transaction():
            yield connection


def become_active(connection: Connection) -> bool:
    """One process of several works; the others stand by. Held until the connection ends."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (_ACTIVE,)).fetchone()
    return bool(row and row["got"])


def rows(connection: Connection, statement: str, *values: Any) -> list[DictRow]:
    return connection.execute(statement.encode(), values).fetchall()
