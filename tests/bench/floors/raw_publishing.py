"""Raw pipelined publishing: confirms switched on, everything sent, then drained until no tag is
open. Nothing is read from a database and nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from kombu import Connection


def publish_all(url: str, exchange: str, routing_key: str, bodies: Sequence[bytes]) -> float:
    """Seconds from the first message to the last confirm, on a connection that is open."""
    with Connection(url) as connection:
        channel: Any = connection.channel()
        open_tags: set[int] = set()

        def settle(tag: int, multiple: bool) -> None:
            if multiple:
                open_tags.difference_update([each for each in open_tags if each <= tag])
            else:
                open_tags.discard(tag)

        channel.events["basic_ack"].add(settle)
        channel.confirm_select()
        began = time.perf_counter()
        for tag, body in enumerate(bodies, start=1):
            open_tags.add(tag)
            message = channel.prepare_message(
                body,
                content_type="application/cloudevents+json",
                content_encoding="utf-8",
                properties={"delivery_mode": 2},
            )
            channel.basic_publish(
                message, exchange=exchange, routing_key=routing_key, mandatory=True
            )
        while open_tags:
            connection.drain_events(timeout=30)
        return time.perf_counter() - began
