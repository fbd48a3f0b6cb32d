"""The amount: {fen: 50000}, or {by: level, fen: {5: 100000}}; with times, uplift and cap."""

from __future__ import annotations

from typing import Any

from shared.procedures.reading.place import Place
from shared.procedures.reading.rules import read_rule
from shared.procedures.reading.scope import Scope

AMOUNT_KEYS = ("fen", "by", "times", "at_most", "uplift", "cap", "source")


def read_amount(place: Place, scope: Scope) -> dict[str, Any] | None:
    """{fen: int | {key: int}, by: fact|None, times: fact|None, at_most: int|None,
    uplift: ({percent, when}, …), cap: int|None}; keys of a table are text ("5")."""
    if not place.is_mapping(AMOUNT_KEYS):
        return None
    by, times = place.get("by"), place.get("times")
    table = place.need("fen", _fen, "金额，以分为单位，如 150000。", "the amount in fen: 150000.")
    if isinstance(table, dict) and by is None:
        place.refuse("按表给付要写 by，如 by: level。", "A table needs by, such as by: level.")
    if isinstance(table, int) and by is not None:
        place.refuse("写了 by，fen 就应是一张表。", "With by, fen is a table {5: 100000}.")
    if place.get("at_most") is not None and times is None:
        place.refuse("at_most 只与 times 一起用。", "at_most goes with times.")
    return {
        "fen": table,
        "by": None if by is None else scope.fact_name(by),
        "times": None if times is None else scope.fact_name(times),
        "at_most": place.read("at_most", Place.whole, None),
        "uplift": _uplifts(place, scope),
        "cap": place.read("cap", Place.whole, None),
    }


def _fen(place: Place) -> int | dict[str, int] | None:
    if not isinstance(place.value, dict):
        return place.whole()
    if not place.value:
        place.refuse("金额表是空的。", "The table of amounts is empty.")
    found = {str(key): place.child(str(key), value).whole() for key, value in place.value.items()}
    return {key: value for key, value in found.items() if value is not None}


def _uplifts(place: Place, scope: Scope) -> tuple[dict[str, Any], ...]:
    under = place.get("uplift")
    found = []
    for one in () if under is None else under.items():
        if not one.is_mapping(("percent", "when")):
            continue
        percent = one.need(
            "percent", lambda at: at.whole(1, 1000), "提高的百分比。", "the percentage added."
        )
        when = one.get("when")
        entry = None if when is None else read_rule(when, scope)
        found.append({"percent": percent, "when": entry})
    return tuple(found)
