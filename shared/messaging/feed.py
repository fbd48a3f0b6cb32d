"""The feed over HTTP: every event of a service under its gapless number, for whoever saw a gap.

Serving: a Flask blueprint. Reading: HttpFeed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import httpx
from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.kernel.errors import InvalidField
from shared.messaging.failures import Unavailable
from shared.messaging.tables import LoggedEvent
from shared.persistence import Sessions

MOST = 1000
View = Callable[..., Any]


class Feed(Protocol):
    def read(self, after: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` events with numbers above `after`, in order, without a gap.
        Raises Unavailable."""
        ...


def events_after(session: Session, after: int, limit: int) -> list[dict[str, Any]]:
    numbered = select(LoggedEvent.event).where(LoggedEvent.sequence > after)
    return list(session.scalars(numbered.order_by(LoggedEvent.sequence).limit(limit)))


def feed_blueprint(sessions: Sessions, authorised: Callable[[View], View]) -> Blueprint:
    """`GET /events?after=N&limit=` -> {"events": […], "next": N}; `authorised` decorates the
    view and lets in who may read (events.reader, finance.system)."""
    blueprint = Blueprint("events", __name__)

    def list_events() -> Response:
        after, limit = _number("after", 0), min(_number("limit", 200), MOST)
        with sessions() as session:
            events = events_after(session, after, limit)
        last = int(events[-1]["sequence"]) if events else after
        return jsonify({"events": events, "next": last})

    blueprint.get("/events", endpoint="list_events")(authorised(list_events))
    return blueprint


class DatabaseFeed:
    """The same feed where the reader may read the database itself: verification, tests."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def read(self, after: int, limit: int) -> list[dict[str, Any]]:
        with self._sessions() as session:
            return events_after(session, after, limit)


class HttpFeed:
    """`base_url`: of the service's API, the part before `/events`; `token` gives a bearer token
    that is valid now."""

    def __init__(self, base_url: str, token: Callable[[], str], *, seconds: float = 10.0) -> None:
        self._url, self._token, self._seconds = f"{base_url.rstrip('/')}/events", token, seconds

    def read(self, after: int, limit: int) -> list[dict[str, Any]]:
        try:
            answer = httpx.get(
                self._url,
                params={"after": after, "limit": limit},
                headers={"Authorization": f"Bearer {self._token()}"},
                timeout=self._seconds,
            )
            answer.raise_for_status()
            events: list[dict[str, Any]] = answer.json()["events"]
        except (httpx.HTTPError, OSError, ValueError, KeyError) as error:
            raise Unavailable(type(error).__name__) from error
        return events


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvalidField(field=name)
    return int(text)
