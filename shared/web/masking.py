"""Hides identity numbers, phones and accounts in anything that is logged."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

SECRET_NAMES = re.compile(
    r"token|password|secret|cookie|authorization|identity_number|phone|account|payee_name", re.I
)
IDENTITY_OR_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])(\d{3})\d{9,12}(\d{3}[0-9Xx])(?![0-9A-Za-z])")
PHONE = re.compile(r"(?<![0-9])(1[3-9]\d)\d{4}(\d{4})(?![0-9])")


def mask_text(text: str) -> str:
    """18 characters (the last may be X), 16 to 19 digits, mobile phones of 11 digits."""
    return PHONE.sub(r"\1****\2", IDENTITY_OR_ACCOUNT.sub(r"\1***********\2", text))


def mask(value: Any, name: str = "") -> Any:
    if name and SECRET_NAMES.search(name) and value is not None:
        return "***"
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int):
        masked = mask_text(str(value))
        return value if masked == str(value) else masked
    if isinstance(value, Mapping):
        return {mask_text(str(key)): mask(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [mask(inner) for inner in value]
    return mask_text(str(value))


def masked_event(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor; the last before the rendering."""
    return {name: mask(value, name) for name, value in event.items()}
