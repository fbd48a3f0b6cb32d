"""Mobile phone numbers of mainland China."""

from __future__ import annotations

import re

from shared.kernel.errors import DomainError
from shared.kernel.text import without_spaces

_PREFIX = re.compile(r"(\+|00)?86(?=1[0-9]{10}$)")
_SHAPE = re.compile(r"1[3-9][0-9]{9}")


class InvalidPhone(DomainError):
    """Never carries the number itself."""

    code = "invalid_phone"
    zh = "手机号码不正确，应为 11 位，以 1 开头。"
    en = "This is not a mobile number: 11 digits beginning with 1 are expected."


def parse_phone(text: str, *, field: str | None = None, row: int | None = None) -> str:
    """11 digits, without the country code. Raises InvalidPhone."""
    cleaned = without_spaces(text).replace("-", "") if isinstance(text, str) else ""
    number = _PREFIX.sub("", cleaned)
    if not _SHAPE.fullmatch(number):
        raise InvalidPhone(field=field, row=row)
    return number


def mask_phone(number: str) -> str:
    """13812345678 -> 138****5678."""
    return f"{number[:3]}****{number[-4:]}" if len(number) == 11 else "*" * len(number)
