"""Structured JSON logs, one line an entry on standard output, with personal data masked.

Every process calls `configure_logging` once; standard-library loggers go the same way.
"""

import json
import logging
import sys
import traceback
from typing import Any

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError, StatementError

from shared.web.masking import masked_event

CHAIN_LIMIT = 5


def configure_logging(process: str, level: str = "INFO") -> None:
    """`process` names this process in every line: subsidy-web, portal."""
    shared_steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _where(process),
        _described,
    ]
    structlog.configure(
        processors=[*shared_steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared_steps],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                masked_event,
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "amqp", "kombu"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _json(event: Any, **_: Any) -> str:
    return json.dumps(event, ensure_ascii=False, default=str)


def _where(process: str) -> Any:
    def add(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
        return {"process": process, **event}

    return add


def _described(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception becomes text here, so that the masking sees it."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """Frames and names of the chain. What the database says is left out but for its state and the
    constraint: it quotes rows and parameters."""
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < CHAIN_LIMIT:
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{frames}{_named(current)}")
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return "\ncaused by\n".join(parts)


def _named(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, psycopg.Error):
        facts = (origin.sqlstate, origin.diag.table_name, origin.diag.constraint_name)
        return f"{name} {' '.join(each for each in facts if each)}".rstrip()
    return name if isinstance(error, StatementError) else f"{name}: {error}"
