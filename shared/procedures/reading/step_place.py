"""The place of a step, whose own keys may also stand under its `settings`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.procedures.reading.place import Place


@dataclass(frozen=True)
class StepPlace(Place):
    """`nested`: the keys that the document writes under `settings`; they are read, and complained
    of, where they stand."""

    nested: frozenset[str] = frozenset()

    def child(self, key: str | int, value: Any) -> Place:
        if key in self.nested:
            return super().child("settings", None).child(key, value)
        return super().child(key, value)


def step_place(place: Place, own_keys: Sequence[str]) -> Place:
    """`place`, with what `settings` holds of the kind's `own_keys` as if it stood beside."""
    settings = place.value.get("settings")
    if not isinstance(settings, dict):
        return place
    nested = {key: settings[key] for key in settings if key in own_keys and key not in place.value}
    return StepPlace({**place.value, **nested}, place.path, place.report, nested=frozenset(nested))


def check_settings(place: Place, own_keys: Sequence[str]) -> None:
    """Keys under `settings` that the kind does not know, or that stand beside them too."""
    under = place.get("settings")
    if under is None or not under.is_mapping(own_keys):
        return
    for key in under.value:
        if key in own_keys and key in place.value:
            under.child(key, None).object_to(
                f"{key} 在 settings 里写了一次，旁边又写了一次，只有一个会起作用。请删去一个。",
                f"{key} stands under settings and beside it; only one would count. Leave one out.",
            )
