"""Key-set pages: a page starts after the key of the last row seen, so its cost does not grow.

A cursor is opaque to callers and carries only sort keys; it grants nothing, so it is not signed.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, literal, tuple_

from shared.kernel.errors import DomainError

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200
LONGEST_CURSOR = 1000

Row = TypeVar("Row")
CursorType = type[str] | type[int] | type[datetime] | type[date]


class InvalidCursor(DomainError):
    code: ClassVar[str] = "invalid_cursor"
    status: ClassVar[int] = 422
    zh: ClassVar[str] = "翻页位置无效。"
    en: ClassVar[str] = "The page position is not valid."
    remedy_zh: ClassVar[str | None] = "请从第一页重新开始。"
    remedy_en: ClassVar[str | None] = "Start again from the first page."


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`next` is the cursor of the following page, None on the last one."""

    items: list[Row]
    next: str | None


class PageQuery(Schema):
    """Query arguments of every list."""

    after = fields.String(
        load_default=None,
        validate=validate.Length(max=LONGEST_CURSOR),
        metadata={"description": "The `next` of the page before."},
    )
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT, validate=validate.Range(min=1, max=MAXIMUM_LIMIT)
    )


def encode_cursor(*values: str | int | date | None) -> str:
    plain = [each.isoformat() if isinstance(each, date) else each for each in values]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *types: CursorType) -> tuple[Any, ...]:
    """The values in order; None stays None. Raises InvalidCursor for anything else than our own."""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = json.loads(raw.decode())
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError
        return tuple(_value(value, kind) for value, kind in zip(values, types, strict=True))
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidCursor(field="after") from None


def _value(value: Any, kind: CursorType) -> Any:
    if value is None:
        return None
    if kind in (datetime, date):
        if not isinstance(value, str):
            raise ValueError
        moment = kind.fromisoformat(value)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise ValueError
        return moment
    if type(value) is not kind or (isinstance(value, str) and "\x00" in value):
        raise ValueError
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError
    return value


def beyond(columns: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    """SQL: the rows after these values in ascending order of the columns (none of them null)."""
    if len(values) != len(columns) or any(each is None for each in values):
        raise InvalidCursor(field="after")
    keys = [literal(value, column.type) for column, value in zip(columns, values, strict=True)]
    return tuple_(*columns) > tuple_(*keys)


def page_of(
    rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[str | int | date | None]]
) -> Page[Row]:
    """`rows` were read with limit + 1, to know whether more follow."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return Page(shown, encode_cursor(*key(shown[-1])) if more and shown else None)
