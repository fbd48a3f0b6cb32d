"""What both simulators share: how one is served, its health page, and who may control it."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from granian import Granian
from granian.constants import Interfaces
from werkzeug.exceptions import HTTPException

from shared.calendar import Calendar
from shared.calendar.demonstration import clock_from
from shared.kernel.clock import Clock

THREADS = 4  # as many may be kept waiting by a slow behaviour
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def business_clock() -> Clock:
    """The outside world lives in the same time as the services: a report is dated by it."""
    setting = os.environ.get("GONGJIANG_CLOCK") or "wall"
    return clock_from(setting, os.environ.get("GONGJIANG_ENVIRONMENT", "demonstration"), Calendar())


def new_simulator(name: str) -> Flask:
    app = Flask(name)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]

    @app.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify({"status": "live"})

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        return problem(error.code or 500, "bad_request", str(error.description))

    return app


def problem(status: int, code: str, detail: str) -> ResponseReturnValue:
    body = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    return jsonify(body), status, {"Content-Type": "application/problem+json"}


def asked_from_this_machine() -> bool:
    """A proxy in front would make everybody look local, so a forwarded request is refused."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def body() -> dict[str, Any]:
    content = request.get_json(silent=True)
    return content if isinstance(content, dict) else {}


def serve(factory: str) -> None:
    """One worker: a simulator's state has one writer."""
    Granian(
        factory,
        address=os.environ.get("HOST") or "127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        factory=True,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()
