"""A database that comes back after a lost connection may be a standby or a copy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from deploy.finance.__main__ import Finance
from deploy.finance.database import Connection
from deploy.finance.settings import Settings
from tests.integration.finance.stand_ins import instructed, take

PATIENCE_SECONDS = 20.0
NOBODY = "http://127.0.0.1:9"  # nothing listens there
LEADING = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
WORKING = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'gongjiang-finance' "
    "AND datname = current_database() AND pid <> pg_backend_pid() "
    "AND pid NOT IN (" + LEADING + ")"
)
DOUBTED = "SELECT 1 FROM instructions WHERE doubted_at IS NOT NULL"


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.05)


def test_all_that_is_not_sent_is_doubted_after_one_connection_was_lost(
    connection: Connection, empty_database: str
) -> None:
    """The others may live on, or be the ones that hang."""
    stop = threading.Event()
    url = empty_database.replace("postgresql+psycopg://", "postgresql://")
    finance = Finance(Settings(NOBODY, NOBODY, NOBODY, "id", url, "amqp://nobody", "secret"))
    process = threading.Thread(target=finance.run, args=(stop,))
    process.start()
    try:
        until(lambda: len(connection.execute(WORKING).fetchall()) == 5)
        take(connection, instructed(1))
        [worker, *_] = connection.execute(WORKING).fetchall()
        connection.execute("SELECT pg_terminate_backend(%s)", (worker["pid"],))
        until(lambda: connection.execute(DOUBTED).fetchall())
    finally:
        stop.set()
        process.join()
