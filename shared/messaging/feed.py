"""The feed over HTTP: every event of a service under its gapless number, for whoever saw a gap.

Serving: a Flask blueprint. Reading: HttpFeed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import httpx
from flask import Response, jsonify
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.kernel.errors import DomainError
from shared.messaging.failures import Unavailable
from shared.messaging.tables import LoggedEvent, SequenceCounter
from shared.persistence import Sessions

MOST = 1000
View = Callable[..., Any]


class FeedQuery(Schema):
    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 10**18 - 1),
        metadata={"description": "The last number that the reader has; at most `head`."},
    )
    limit = fields.Integer(load_default=200, validate=validate.Range(1, MOST))


class FeedPageSchema(Schema):
    events = fields.List(
        fields.Dict(keys=fields.String()),
        metadata={"description": "CloudEvents with numbers above `after`, in order, none left out"},
    )
    next = fields.Integer(metadata={"description": "The `after` of the next page"})
    head = fields.Integer(
        metadata={"description": "The last number given: a reader below it has events to come"}
    )


class FeedBehind(DomainError):
    """The reader saw events that this database does not have, or made `after` up."""

    code: ClassVar[str] = "feed_behind"
    status: ClassVar[int] = 409
    names: ClassVar = {"head": lambda value, _: value}
    zh: ClassVar[str] = "本事件源的最后编号是 {head}，早于您已读到的编号。"
    en: ClassVar[str] = "The last number of this feed is {head}, before the one you have read."
    remedy_zh: ClassVar[str | None] = (
        "本服务的数据库可能由备份恢复。请停止读取，并与本服务的运维人员核对之后发生的事件。"
    )
    remedy_en: ClassVar[str | None] = (
        "The service's database may have been restored from a copy. Stop reading, and settle with "
        "its operators what happened after that number."
    )


class RestoredFeed(Unavailable):
    """The other service answered FeedBehind."""


class Feed(Protocol):
    def read(self, after: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` events with numbers above `after`, in order, without a gap.
        Raises Unavailable."""
        ...


def events_after(session: Session, after: int, limit: int) -> list[dict[str, Any]]:
    numbered = select(LoggedEvent.event).where(LoggedEvent.sequence > after)
    return list(session.scalars(numbered.order_by(LoggedEvent.sequence).limit(limit)))


def head_of(session: Session) -> int:
    """The last number given; 0 before the first."""
    return session.scalar(select(SequenceCounter.last_sequence)) or 0


def feed_blueprint(sessions: Sessions, authorised: Callable[[View], View]) -> Blueprint:
    """`GET /events?after=N&limit=` -> {"events": […], "next": N, "head": N}; `authorised`
    decorates the view and lets in who may read (events.reader, finance.system)."""
    routes = Blueprint("events", "events", description="Published events 已发布事件")

    @routes.get("/events", endpoint="list_events")
    @routes.arguments(FeedQuery, location="query")
    @routes.response(200, FeedPageSchema)
    @authorised
    def list_events(query: dict[str, int]) -> Response:
        """In the order of their numbers. 409 feed_behind: `after` is past the head."""
        after = query["after"]
        with sessions() as session:
            head = head_of(session)
            if after > head:
                raise FeedBehind(head=head, field="after")
            events = events_after(session, after, query["limit"])
        last = int(events[-1]["sequence"]) if events else after
        return jsonify({"events": events, "next": last, "head": max(head, last)})

    return routes


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
            if answer.status_code == httpx.codes.CONFLICT:
                raise RestoredFeed()
            answer.raise_for_status()
            events: list[dict[str, Any]] = answer.json()["events"]
        except (httpx.HTTPError, OSError, ValueError, KeyError) as error:
            raise Unavailable(type(error).__name__) from error
        return events
