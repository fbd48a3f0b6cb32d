"""Which values of a field or fact can be those of a case that passes the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.procedures.checking.whole import Whole
from shared.procedures.model import RuleCall, RuleGroup

LEVELS = ("5", "4", "3", "2", "1")


def possible_values(whole: Whole, name: str) -> list[str] | None:
    """Every value that there is; None where they cannot be listed."""
    field = whole.form.get(name)
    if field is not None and field.type == "choice":
        return [option.value for option in field.options]
    if name == "level" or (field is not None and field.type == "level"):
        return list(LEVELS)
    return None


def always(whole: Whole) -> Iterator[RuleCall]:
    """The rules that every case must pass, whatever else."""
    entries = list(whole.values["rules"])
    while entries:
        entry = entries.pop()
        if entry.when is None and isinstance(entry, RuleGroup):
            entries += entry.entries if entry.op == "all" else ()
        elif entry.when is None:
            yield entry


def may_pass(whole: Whole, name: str, value: str) -> bool:
    for call in always(whole):
        if call.rule == "level_in" and name == "level":
            allowed: Any = call.params["levels"]
        elif call.params.get("field") == name and call.rule == "field_in":
            allowed = call.params["values"]
        elif call.params.get("field") == name and call.rule == "field_equals":
            allowed = (call.params["value"],)
        else:
            continue
        if value not in [str(one) for one in allowed]:
            return False
    return True
