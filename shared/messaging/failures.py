"""What a failure says about itself without personal data, and whether it is the other side that
is away rather than the row that is wrong."""

from __future__ import annotations

import traceback

from sqlalchemy.exc import DBAPIError

_AWAY = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED"}  # gRPC

_STOPPED = {"57P01", "57P02", "57P03", "57P05"}  # PostgreSQL: shut down, crashed, starting, idle


class Unavailable(Exception):
    """The bus or the workflow server is away: tried again without counting against the row."""


def describe(error: BaseException) -> str:
    """The class, a stable code where there is one, and the line. Never the message, which may
    quote what a person entered."""
    parts = [type(error).__name__]
    code = getattr(error, "code", None) or getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(code, str):
        parts.append(code)
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        parts.append(f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}")
    return " ".join(parts)


def is_outage(error: BaseException) -> bool:
    """True for connections refused or lost, time-outs, and gRPC statuses that say the same."""
    if isinstance(error, Unavailable | OSError | TimeoutError):
        return True
    return getattr(getattr(error, "status", None), "name", None) in _AWAY


def is_lost_database(error: BaseException) -> bool:
    """The connection to the database went or was never made; not an error of a statement."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state[:2] == "08" or state in _STOPPED
