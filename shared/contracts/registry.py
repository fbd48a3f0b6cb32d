"""The published event types: a name with a version, and the marshmallow schema of its data.

Within a version a schema only grows: a new field is optional. Anything else is a new version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from marshmallow import EXCLUDE, Schema, fields, validate

UUID = "018e0731-6c00-7000-8000-000000000012"
SERVICES = ("nomination", "assessment", "subsidy")

S = TypeVar("S", bound=type[Schema])
_schemas: dict[str, Schema] = {}
_wordings: dict[str, str] = {}


class UnknownEventType(ValueError):
    """No schema is registered under this type."""


class EventData(Schema):
    """The data of an event. A reader passes over fields that it does not know."""

    class Meta:
        unknown = EXCLUDE


def event_type(*names: str, wording: str) -> Callable[[S], S]:
    """Registers a schema under one or more types; `wording` says the fact in a line."""

    def register(schema: S) -> S:
        for name in names:
            _schemas[name] = schema()
            _wordings[name] = wording
        return schema

    return register


def schema_of(type: str) -> Schema:
    """Raises UnknownEventType."""
    try:
        return _schemas[type]
    except KeyError:
        raise UnknownEventType(type) from None


def wording_of(type: str) -> str:
    return _wordings[type]


def event_types() -> tuple[str, ...]:
    return tuple(sorted(_schemas))


def service_of(type: str) -> str:
    """'subsidy.payment_instructed.v1' -> 'subsidy'"""
    return type.partition(".")[0]


def text(
    *, required: bool = True, null: bool = False, example: str | None = None, says: str = ""
) -> fields.String:
    """`example`: what a real value looks like; `says`: what it is. Both are for readers alone."""
    metadata = {"examples": [example]} if example else {}
    return fields.String(
        required=required,
        allow_none=null,
        validate=None if null else validate.Length(min=1),
        metadata={**metadata, **({"description": says} if says else {})},
    )


def case_no(prefix: str) -> fields.String:
    return text(example=f"{prefix}-2024-000001")


def uuid(*, null: bool = False, required: bool = True) -> fields.String:
    """UUID version 7, lower case with hyphens; readers compare it as text."""
    return text(required=required, null=null, example=UUID, says="A UUID")


def batch_no() -> fields.String:
    return text(example="PB-2024-000001")


def fen() -> fields.Integer:
    """Money: whole fen, above zero, at most what a bigint holds."""
    return fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=9_223_372_036_854_775_807)
    )


def person() -> fields.String:
    """An HMAC-SHA256 of the identity number, in hex; never the number."""
    return fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))


def region() -> fields.String:
    """GB/T 2260, six digits."""
    return fields.String(required=True, validate=validate.Regexp(r"^\d{6}$"))
