"""Whether an event proposes a claim under a scheme, and what it fills in. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any


def matches(where: Mapping[str, Sequence[str]], data: Mapping[str, Any]) -> bool:
    """Every named field of the event has one of its values (compared as text)."""
    return all(str(data.get(name)) in values for name, values in where.items())


def form_of(fields: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, Any]:
    """Form fields filled from the event's data; what the event leaves out stays empty."""
    return {field: data[name] for field, name in fields.items() if data.get(name) not in (None, "")}
