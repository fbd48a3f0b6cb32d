"""One active process of several: a session lock on the connection that does the work, so that a
leader that lost its connection can no longer commit."""

from __future__ import annotations

import hashlib
import threading

from sqlalchemy import Connection, text


def lock_key(name: str) -> int:
    """A signed 64-bit advisory lock key for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def lead(connection: Connection, name: str, stop: threading.Event, every: float = 0.5) -> bool:
    """Waits until this connection holds the lock `name`; False when stopped before that.
    `every`: seconds between two tries."""
    while not stop.is_set():
        with connection.begin():
            held = connection.execute(
                text("SELECT pg_try_advisory_lock(:key)"), {"key": lock_key(name)}
            ).scalar_one()
        if held:
            return True
        stop.wait(every)
    return False


def resign(connection: Connection) -> None:
    """Gives the locks back before the connection returns to its pool."""
    with connection.begin():
        connection.execute(text("SELECT pg_advisory_unlock_all()"))
