"""Whether the process lives, whether it can serve, and its figures."""

import time
from collections.abc import Callable, Mapping
from datetime import date

import structlog
from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from sqlalchemy import text

from shared.persistence import Sessions
from shared.web.access import public
from shared.web.request_ids import request_id

log = structlog.get_logger("web")
Check = Callable[[], object]
QUIET = ("health.live", "health.ready", "health.metrics", "static")


def database_check(sessions: Sessions) -> Check:
    def check() -> None:
        with sessions() as session:
            session.execute(text("SELECT 1"))

    return check


def health_blueprint(
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    today: Callable[[], date] | None = None,
) -> Blueprint:
    """/health says that the process answers, and what day the business clock shows; /ready is 503
    while any check raises."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health")
    @public
    def live() -> Response:
        return jsonify({"status": "live", **({"today": today().isoformat()} if today else {})})

    @blueprint.get("/ready")
    @public
    def ready() -> tuple[Response, int]:
        states = {name: _state(name, check) for name, check in checks.items()}
        good = all(state == "ok" for state in states.values())
        body = {"status": "ready" if good else "not_ready", "checks": states}
        return jsonify(body), 200 if good else 503

    @blueprint.get("/metrics")
    @public
    def metrics() -> Response:
        body = generate_latest(registry) + generate_latest(REGISTRY)
        return Response(body, content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _state(name: str, check: Check) -> str:
    try:
        answer = check()
    except Exception as error:  # whatever a check raises means: not ready
        log.warning("check_failed", check=name, error=type(error).__name__)
        return "unavailable"
    return "unavailable" if answer is False else "ok"


def install_measuring(app: Flask, registry: CollectorRegistry) -> None:
    """Counts and times requests by route, never by path: paths hold business numbers."""
    counter = Counter(
        "gongjiang_http_requests_total",
        "Requests answered",
        ("route", "method", "status"),
        registry=registry,
    )
    seconds = Histogram(
        "gongjiang_http_request_seconds", "Time to answer", ("route", "method"), registry=registry
    )

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        spent = time.perf_counter() - g.get("began", time.perf_counter())
        route = request.url_rule.rule if request.url_rule else "unknown"
        counter.labels(route, request.method, response.status_code).inc()
        seconds.labels(route, request.method).observe(spent)
        if request.endpoint not in QUIET:
            actor = g.get("actor")
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                milliseconds=round(spent * 1000, 1),
                request_id=request_id(),
                person=actor.person_ref[:12] if actor else None,
            )
        return response
