"""What the relay needs of a bus: a batch out, and for each message whether it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """`id`: the outbox row. `type`: also the routing key. `body`: the CloudEvent as JSON text."""

    id: int
    type: str
    body: str


class Publisher(Protocol):
    def publish(self, messages: Sequence[Message]) -> dict[int, str]:
        """Returns once each message is safe with the bus or refused: {id: reason} of those
        refused. Raises Unavailable when the bus is away; then any of them may have arrived."""
        ...

    def close(self) -> None: ...
