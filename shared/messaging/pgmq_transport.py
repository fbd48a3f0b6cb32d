"""kombu's pgmq transport, but declaring what is there already changes nothing.

kombu drops and creates a queue's trigger at each declaration and each consumer's start: consumers
that start together then fail with `deadlock detected` or `trigger already exists`."""

from __future__ import annotations

from typing import Any

import psycopg
from kombu.transport import pgmq

_NOTIFY_LOCK = 7_260_104_117_003


class _Channel(pgmq.Channel):  # type: ignore[misc]
    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        if not self._has_queue(queue):
            super()._new_queue(queue, **kwargs)
        else:
            self._maybe_enable_notify(queue)

    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        """Listens. pgmq's own table of them, which a crash of the server empties, says whether the
        queue notifies."""
        name = queue_name or self._queue_name(queue)
        if not self._notifies(name):
            # its own lock: whoever declares the topology holds that of the declaration
            with psycopg.connect(self.transport_options["conn_string"]) as alone:
                alone.execute("SELECT pg_advisory_xact_lock(%s)", (_NOTIFY_LOCK,))
                if not self._notifies(name):
                    self.pgmq.enable_notify(
                        name, throttle_interval_ms=self.notify_throttle_interval_ms
                    )
        self.connection._register_notify_queue(name)

    def _notifies(self, name: str) -> bool:
        return any(each.queue_name == name for each in self.pgmq.list_notify_throttles())


class PgmqTransport(pgmq.Transport):  # type: ignore[misc]
    Channel = _Channel
