"""Pipelined publishing to RabbitMQ: a whole batch under way, then all of its confirms.

Most of what a message costs here is the client: a write to the socket, and properties that are the
same for all. So frames leave together, and the properties are serialised once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import takewhile
from typing import Any, Protocol

import amqp
from amqp.method_framing import frame_writer
from kombu import Connection

from shared.contracts import CONTENT_TYPE
from shared.contracts.registry import service_of
from shared.messaging.failures import Unavailable
from shared.messaging.publishing import Message
from shared.messaging.topology import Route, exchange_of, has_subscriber

RETURNED, REFUSED = "returned: no queue took it", "refused by the broker"
_TOGETHER = 64 * 1024  # bytes in one write


# Of py-amqp: given a connection and its transport, what writes its frames.
FrameWriter = Callable[[Any, Any], Any]


class Connect(Protocol):
    def __call__(self, *, frame_writer: FrameWriter | None = None) -> Connection: ...


class AmqpPublisher:
    def __init__(
        self,
        connect: Connect,
        routes: tuple[Route, ...],
        confirm_seconds: float,
    ) -> None:
        self._connect, self._routes, self._confirm_seconds = connect, routes, confirm_seconds
        self._frames = _Frames()
        self._connection: Connection | None = None
        self._channel: Any = None
        self._next_tag = 1
        self._open: dict[int, Message] = {}  # by delivery tag
        self._refused: dict[int, str] = {}

    def publish(self, messages: Sequence[Message]) -> dict[int, str]:
        self._open, self._refused = {}, {}
        try:
            self._ensure_channel()
            with self._frames.together():
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
        self._connection = self._connect(frame_writer=self._frames.writer)
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
        self._open[self._next_tag] = message
        self._next_tag += 1
        self._channel.basic_publish(
            _Content(message.body.encode()),
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

    def _on_return(self, _error: Any, _exchange: str, routing_key: str, returned: Any) -> None:
        # comes before the confirm of the same message, which is still open
        if has_subscriber(routing_key, self._routes):
            body = returned.body  # text again: py-amqp heeds the content encoding
            self._refused |= {m.id: RETURNED for m in self._open.values() if m.body == body}

    def _close_tags(self, delivery_tag: int, multiple: bool) -> list[int]:
        if not multiple:
            message = self._open.pop(delivery_tag, None)
            return [] if message is None else [message.id]
        tags = list(takewhile(lambda tag: tag <= delivery_tag, self._open))  # in their order
        return [self._open.pop(tag).id for tag in tags]


class _Content:
    """A message as py-amqp's frame writer sees it. It asks by a name of its own: the versions are
    locked, and the tests of publishing fail should it ask otherwise."""

    __slots__ = ("body",)
    _PROPERTIES: bytes = amqp.Message(
        content_type=CONTENT_TYPE, content_encoding="utf-8", delivery_mode=2
    )._serialize_properties()

    def __init__(self, body: bytes) -> None:
        self.body = body

    def _serialize_properties(self) -> bytes:
        return self._PROPERTIES


class _Frames:
    """py-amqp's frame writer, but inside `together` many frames make one write."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._waiting: bytearray | None = None

    def writer(self, connection: Any, transport: Any) -> Any:
        self._transport = transport
        return frame_writer(connection, self)

    def write(self, frame: bytes) -> None:
        if self._waiting is None:
            self._transport.write(frame)
            return
        self._waiting += frame
        if len(self._waiting) >= _TOGETHER:
            self._flush(self._waiting)

    @contextmanager
    def together(self) -> Iterator[None]:
        self._waiting = waiting = bytearray()
        try:
            yield
        finally:
            self._waiting = None
        self._flush(waiting)

    def _flush(self, waiting: bytearray) -> None:
        self._transport.write(waiting)
        waiting.clear()
