"""What only the whole document shows: parts that lack each other, and chains that get stuck."""

from __future__ import annotations

from typing import Any

from shared.procedures.model import Step
from shared.procedures.reading.place import Place


def advise(place: Place, steps: tuple[Step, ...], outcome: dict[str, Any]) -> None:
    if place.get("steps") is not None and not place.value["steps"]:
        place.child("steps", None).refuse("至少要有一个步骤。", "At least one step is needed.")
    if not any(step.kind in ("decide", "meeting", "panel") for step in steps):
        place.child("steps", None).warn(
            "没有任何步骤作出决定（decide、meeting 或 panel）。",
            "No step decides anything (decide, meeting or panel).",
        )
    if not outcome:
        place.child("outcome", None).warn(
            "没有 outcome：办结后不会产生荣誉、资格或证书。",
            "There is no outcome: nothing follows when a case is approved.",
        )
    if "entitlement" in outcome and place.get("amount") is None:
        place.child("amount", None).refuse(
            "outcome 是 entitlement 时要写 amount。", "An entitlement needs an amount."
        )
    if place.get("source") is None:
        place.child("source", None).warn(
            "没有写明依据（source）。", "The source of the rules is not named."
        )
