"""Publishing to pgmq: a whole batch in one transaction of the bus database.

Written in the envelope that kombu's pgmq transport reads, without that transport: it commits one
message at a time, and says nothing of a message that no queue took.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import psycopg

from shared.contracts import CONTENT_TYPE
from shared.contracts.registry import service_of
from shared.kernel.ids import new_id
from shared.messaging.failures import Unavailable
from shared.messaging.publishing import Message
from shared.messaging.topology import Route, exchange_of, has_subscriber

RETURNED = "no queue is bound"
_SEND = "SELECT pgmq.send_topic(%s, %s::jsonb)"


class PgmqPublisher:
    def __init__(self, dsn: str, routes: tuple[Route, ...], declare: Callable[[], None]) -> None:
        self._dsn, self._routes, self._declare = dsn, routes, declare
        self._connection: psycopg.Connection[Any] | None = None

    def publish(self, messages: Sequence[Message]) -> dict[int, str]:
        try:
            taken = self._send(self._ensure_connection(), messages)
        except psycopg.Error as error:
            self.close()
            raise Unavailable(type(error).__name__) from error
        refused = {
            message.id: RETURNED
            for message, queues in zip(messages, taken, strict=True)
            if queues == 0 and has_subscriber(message.type, self._routes)
        }
        if refused:
            self.close()  # a queue is gone: declare everything again before the next try
        return refused

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _ensure_connection(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            try:
                self._declare()
            except Exception as error:
                raise Unavailable(type(error).__name__) from error
            options = "-c statement_timeout=20s -c lock_timeout=5s"
            self._connection = psycopg.connect(
                self._dsn, connect_timeout=5, options=options, autocommit=True
            )
        return self._connection

    def _send(self, connection: psycopg.Connection[Any], messages: Sequence[Message]) -> list[int]:
        """How many queues took each message; all of them are safe, or none."""
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(
                _SEND, [(_topic(m), json.dumps(_envelope(m))) for m in messages], returning=True
            )
            taken: list[int] = []
            while True:
                row = cursor.fetchone()
                taken.append(int(row[0]) if row else 0)
                if not cursor.nextset():
                    return taken


def _topic(message: Message) -> str:
    return f"kombu.topic.{exchange_of(service_of(message.type))}.{message.type}"


def _envelope(message: Message) -> dict[str, Any]:
    return {
        "body": base64.b64encode(message.body.encode()).decode(),
        "content-type": CONTENT_TYPE,
        "content-encoding": "utf-8",
        "headers": {},
        "properties": {
            "body_encoding": "base64",
            "delivery_info": {
                "exchange": exchange_of(service_of(message.type)),
                "routing_key": message.type,
            },
            "delivery_mode": 2,
            "delivery_tag": new_id(),
            "priority": 0,
        },
    }
