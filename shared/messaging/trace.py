"""The W3C trace context of the work at hand, carried across the bus as a CloudEvents extension."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def current_traceparent() -> str | None:
    return _current.get()


@contextmanager
def traced(parent: str | None) -> Iterator[str]:
    """Runs the block as a child of `parent`, or as the root of a new trace when that is absent or
    malformed (W3C Trace Context, 3.2)."""
    trace_id, flags = secrets.token_hex(16), "01"
    if parent is not None and _TRACEPARENT.fullmatch(parent):
        _, trace_id, _, flags = parent.split("-")
    token = _current.set(f"00-{trace_id}-{secrets.token_hex(8)}-{flags}")
    try:
        yield _current.get() or ""
    finally:
        _current.reset(token)


def traced_requests(app: WSGIApplication) -> WSGIApplication:
    """Each request runs under its own traceparent, so that the events which it publishes carry
    it."""

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with traced(environ.get("HTTP_TRACEPARENT")):
            return app(environ, start_response)

    return call
