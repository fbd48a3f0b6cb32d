"""Pipelined publishing to RabbitMQ: a whole batch under way, then all of its confirms."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from kombu import Connection

from shared.contracts import CONTENT_TYPE
from shared.contracts.registry import service_of
from shared.messaging.failures import Unavailable
from shared.messaging.publishing import Message
from shared.messaging.topology import Route, exchange_of, has_subscriber

RETURNED, REFUSED = "returned: no queue took it", "refused by the broker"


class AmqpPublisher:
    def __init__(
        self,
        connect: Callable[[], Connection],
        routes: tuple[Route, ...],
        confirm_seconds: float,
    ) -> None:
        self._connect, self._routes, self._confirm_seconds = connect, routes, confirm_seconds
        self._connection: Connection | None = None
        self._channel: Any = None
        self._next_tag = 1
        self._open: dict[int, int] = {}  # delivery tag -> message id
        self._refused: dict[int, str] = {}

    def publish(self, messages: Sequence[Message]) -> dict[int, str]:
        self._open, self._refused = {}, {}
        try:
            self._ensure_channel()
            for message in messages:
                self._send(message)
            self._await_confirms()
        except Exception as error:
            self.close()
            raise Unavailable(type(error).__name__) from error
        if RETURNED in self._refused.values():
            self.close()  # a queue is gone: declare everything again before the next try
        return self._refused

    def close(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            try:
                connection.close()
            except Exception:
                with suppress(Exception):
                    connection.collect()

    def _ensure_channel(self) -> None:
        if self._channel is not None:
            return
        self._connection = self._connect()
        channel = self._connection.channel()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        channel.confirm_select()
        # py-amqp would read the socket before each message, to hear that the broker blocks us; a
        # blocked broker does not confirm, and that is waited for
        self._connection.connection.client_properties["capabilities"].pop("connection.blocked", 0)
        self._channel, self._next_tag = channel, 1

    def _send(self, message: Message) -> None:
        self._open[self._next_tag] = message.id
        self._next_tag += 1
        self._channel.basic_publish(
            self._channel.prepare_message(
                message.body.encode(),
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                properties={"delivery_mode": 2, "message_id": str(message.id)},
            ),
            exchange=exchange_of(service_of(message.type)),
            routing_key=message.type,
            mandatory=True,
        )

    def _await_confirms(self) -> None:
        assert self._connection is not None
        deadline = time.monotonic() + self._confirm_seconds
        while self._open:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("confirms")
            self._connection.drain_events(timeout=left)

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        self._close_tags(delivery_tag, multiple)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        for id in self._close_tags(delivery_tag, multiple):
            self._refused[id] = REFUSED

    def _on_return(self, _error: Any, _exchange: str, routing_key: str, message: Any) -> None:
        # comes before the confirm of the same message
        if has_subscriber(routing_key, self._routes):
            self._refused[int(message.properties["message_id"])] = RETURNED

    def _close_tags(self, delivery_tag: int, multiple: bool) -> list[int]:
        if not multiple:
            id = self._open.pop(delivery_tag, None)
            return [] if id is None else [id]
        tags = [tag for tag in self._open if tag <= delivery_tag]
        return [self._open.pop(tag) for tag in tags]
