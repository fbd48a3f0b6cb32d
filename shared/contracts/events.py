"""CloudEvents 1.0 in structured JSON: made here, read here, valid or refused.

No identity number, phone or account belongs in an event; people appear as person_ref.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from marshmallow import ValidationError

from shared.contracts import assessment, cases, nomination, subsidy
from shared.contracts.registry import UnknownEventType, schema_of, service_of
from shared.kernel.ids import new_id

CONTENT_TYPE = "application/cloudevents+json"
DEFINED_IN = (assessment, cases, nomination, subsidy)
_REQUIRED = ("specversion", "id", "source", "type", "data")


class InvalidEvent(ValueError):
    """The event does not fit its contract; names the fields, never their values."""


def make_event(type: str, *, subject: str, data: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A new event of the service that `type` begins with. `at` is aware, business time; dates in
    `data` may be date objects. Raises UnknownEventType, InvalidEvent (a field too many, also)."""
    plain = {name: _plain(value) for name, value in data.items()}
    _check(type, plain, unknown="raise")
    return {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/{service_of(type)}",
        "type": type,
        "subject": subject,
        "time": _plain(at),
        "datacontenttype": "application/json",
        "data": plain,
    }


def parse_event(event: dict[str, Any]) -> dict[str, Any]:
    """The same event once it is known to fit; fields that a later writer added are kept, unread.
    Raises UnknownEventType, InvalidEvent."""
    check_envelope(event)
    _check(event["type"], event["data"], unknown=None)
    return event


def check_envelope(event: Any) -> None:
    """Raises InvalidEvent when this is no CloudEvent 1.0 of ours, whatever its type."""
    if not isinstance(event, dict):
        raise InvalidEvent("not a JSON object")
    missing = [name for name in _REQUIRED if not event.get(name)]
    if missing or event["specversion"] != "1.0":
        raise InvalidEvent(f"not a CloudEvent 1.0: {', '.join(missing) or 'specversion'}")


def sequence_of(event: dict[str, Any]) -> int | None:
    """The number that the relay gave; None before that."""
    number = event.get("sequence")
    return int(number) if number is not None else None


def source_service(event: dict[str, Any]) -> str:
    return str(event["source"]).strip("/")


def _check(type: str, data: dict[str, Any], *, unknown: Literal["raise"] | None) -> None:
    try:
        schema_of(type).load(data, unknown=unknown)
    except ValidationError as error:
        raise InvalidEvent(f"{type}: {', '.join(sorted(error.messages_dict))}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidEvent("a time without a zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


__all__ = [
    "CONTENT_TYPE",
    "InvalidEvent",
    "UnknownEventType",
    "check_envelope",
    "make_event",
    "parse_event",
    "sequence_of",
    "source_service",
]
