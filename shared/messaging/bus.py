"""The bus by its address: `amqp://…` is RabbitMQ, `pgmq:<keyword DSN>` the queues in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from kombu import Connection
from pgmq.install import get_embedded_install_sql
from psycopg.conninfo import conninfo_to_dict

from shared.contracts.registry import SERVICES
from shared.messaging.amqp_publisher import AmqpPublisher, FrameWriter
from shared.messaging.failures import Unavailable
from shared.messaging.pgmq_publisher import PgmqPublisher
from shared.messaging.pgmq_transport import PgmqTransport
from shared.messaging.publishing import Publisher
from shared.messaging.topology import ROUTES, Route, declare

CONNECT_SECONDS = 5
_INSTALL_LOCK, _DECLARE_LOCK = 7_260_104_117_001, 7_260_104_117_002

# visibility 60: what a killed consumer held comes back within a minute; no long poll, but a
# notification at each commit, and a look every 0.3 s for those that the throttle swallowed
_PGMQ_OPTIONS = {
    "visibility_timeout": 60,
    "wait_time_seconds": 0,
    "polling_interval": 0.3,
    "use_notify": True,
    "notify_throttle_interval_ms": 10,
    "init_extension": False,
    "pool_size": 2,
    "pool_timeout": CONNECT_SECONDS,
}


class Bus:
    """Connections and publishers of one bus. Each thread opens its own."""

    def __init__(
        self,
        url: str,
        *,
        routes: tuple[Route, ...] = ROUTES,
        services: tuple[str, ...] = SERVICES,
        confirm_seconds: float = 10.0,
    ) -> None:
        self.routes, self.services, self._confirm_seconds = routes, services, confirm_seconds
        self._dsn = _keyword_dsn(url)
        self._url = url
        if self._dsn is None and not url.startswith(("amqp://", "amqps://")):
            raise ValueError("the bus must be amqp://… or pgmq:<keyword DSN>")

    def connect(self, *, frame_writer: FrameWriter | None = None) -> Connection:
        """A connection with the whole topology declared; the caller closes it. `frame_writer`: by
        which py-amqp writes. Raises what kombu raises when the bus is away."""
        connection = self._open(frame_writer)
        try:
            with self._declaring_alone():
                declare(connection, self.routes, self.services)
        except BaseException:
            hang_up(connection)
            raise
        return connection

    def publisher(self) -> Publisher:
        """Connects at the first batch, and again after the connection was lost."""
        if self._dsn is not None:
            return PgmqPublisher(self._dsn, self.routes, self._declare)
        return AmqpPublisher(self.connect, self.routes, self._confirm_seconds)

    def check(self) -> None:
        """For readiness: raises Unavailable when the bus is away."""
        try:
            if self._dsn is not None:
                psycopg.connect(self._dsn, connect_timeout=CONNECT_SECONDS).close()
            else:
                hang_up(self._open())
        except Exception as error:
            raise Unavailable(type(error).__name__) from error

    @contextmanager
    def _declaring_alone(self) -> Iterator[None]:
        """pgmq declares by DDL, which deadlocks when two processes start at once."""
        if self._dsn is None:
            yield
            return
        with psycopg.connect(self._dsn, connect_timeout=CONNECT_SECONDS) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_DECLARE_LOCK,))
            yield

    def _declare(self) -> None:
        hang_up(self.connect())

    def _open(self, frame_writer: FrameWriter | None = None) -> Connection:
        options: dict[str, Any]
        if self._dsn is not None:
            install_pgmq(self._dsn)
            options = {**_PGMQ_OPTIONS, "conn_string": self._dsn}
            connection = Connection(transport=PgmqTransport, transport_options=options)
        else:
            options = {"read_timeout": 30, "write_timeout": 10}
            if frame_writer is not None:
                options["frame_writer"] = frame_writer
            connection = Connection(
                self._url, connect_timeout=CONNECT_SECONDS, transport_options=options
            )
        try:
            connection.connect()  # once: who asked decides when to try again
        except BaseException:
            hang_up(connection)
            raise
        return connection


def hang_up(connection: Connection) -> None:
    """Closes it, whatever state it is in. Closing reads what the broker still sends, and a
    callback may refuse that; then the socket alone is closed."""
    try:
        connection.close()
    except Exception:
        with suppress(Exception):
            connection.collect()


def install_pgmq(dsn: str) -> None:
    """Makes the schema pgmq where it is not there yet, whoever else is doing so at the time."""
    with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_INSTALL_LOCK,))
        found = connection.execute("SELECT to_regclass('pgmq.topic_bindings')").fetchone()
        if found == (None,):
            connection.execute(get_embedded_install_sql().encode())


def _keyword_dsn(url: str) -> str | None:
    if not url.startswith("pgmq:"):
        return None
    dsn = url.removeprefix("pgmq:")
    # a URI given to pgmq went silently to another server
    if "://" in dsn or dsn.startswith("//") or not conninfo_to_dict(dsn).get("dbname"):
        raise ValueError("pgmq: wants a keyword DSN with a dbname, not a URI")
    return dsn
