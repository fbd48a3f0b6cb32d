"""A queue beside those of the subscribers that nobody reads until the end: what the broker took,
and still had after it was stopped or killed. A subscriber fills its own gaps from the feed."""

from __future__ import annotations

import json

from kombu import Connection, Exchange, Queue

from shared.contracts import CONTENT_TYPE
from shared.messaging.topology import exchange_of


class Witness:
    """Bound before the first event of the service, so that it sees every number."""

    def __init__(self, url: str, service: str) -> None:
        self._url, self._seen = url, set[int]()
        self._queue = Queue(
            f"witness_of_{service}",
            exchange=Exchange(exchange_of(service), type="topic", durable=True),
            routing_key="#",
            durable=True,
            queue_arguments={"x-queue-type": "quorum"},
        )
        with Connection(url) as connection, connection.channel() as channel:
            self._queue(channel).declare()

    def numbers(self) -> set[int]:
        """Every sequence number that has come so far."""
        with Connection(self._url) as connection, connection.channel() as channel:
            queue = self._queue(channel)
            while (message := queue.get(accept=[CONTENT_TYPE])) is not None:
                self._seen.add(int(json.loads(message.body)["sequence"]))
                message.ack()
        return self._seen
