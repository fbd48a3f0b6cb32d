"""A document that was read without an error, with the place of each of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.procedures.capabilities import Capabilities
from shared.procedures.model import FormField, RuleCall, RuleEntry, RuleGroup, Step
from shared.procedures.reading.place import Place
from shared.procedures.reading.step_kinds import SETTING_KEYS
from shared.procedures.reading.step_place import step_place
from shared.procedures.rulebook import RuleBook

OWN_PEOPLE = ("enterprise.", "organisation.")


@dataclass(frozen=True)
class Whole:
    place: Place
    values: Mapping[str, Any]
    can: Capabilities
    rules: RuleBook

    @property
    def form(self) -> Mapping[str, FormField]:
        return {one.name: one for one in self.values["form"]}

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.values["steps"] or ()

    @property
    def outcome(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.values["outcome"]
        return found

    @property
    def entitlement(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.outcome.get("entitlement")
        return found

    def placed_steps(self) -> Iterator[tuple[Step, Place]]:
        written = self.place.get("steps")
        places = [] if written is None else written.items()
        for step, place in zip(self.steps, places, strict=True):
            yield step, step_place(place, SETTING_KEYS[step.kind])

    def at(self, *keys: str) -> Place:
        """The place under these keys; where one is left out, the place that lacks it."""
        place = self.place
        for key in keys:
            value = place.value.get(key) if isinstance(place.value, dict) else None
            place = place.child(key, value)
        return place

    def has_field(self, kind: str) -> bool:
        return any(one.type == kind for one in self.form.values())

    def conditions(self) -> Iterator[tuple[RuleEntry, Place]]:
        """Every rule of the case, and every condition of a step or an uplift."""
        yield from self._listed("rules")
        for step, place in self.placed_steps():
            if step.when is not None:
                yield step.when, place.child("when", None)
        uplifts = (self.values["amount"] or {}).get("uplift", ())
        for number, uplift in enumerate(uplifts):
            if uplift["when"] is not None:
                yield uplift["when"], self.at("amount", "uplift").child(number, None)

    def _listed(self, key: str) -> Iterator[tuple[RuleEntry, Place]]:
        for number, entry in enumerate(self.values[key]):
            yield entry, self.at(key).child(number, None)

    def row_conditions(self) -> Iterator[tuple[RuleEntry, Place]]:
        return self._listed("row_rules")

    def calls(self) -> Iterator[tuple[RuleCall, Place]]:
        for entry, place in self.conditions():
            for call in calls_of(entry):
                yield call, place

    def needs_of(self, call: RuleCall) -> tuple[str, ...]:
        """The facts without which the rule is never decided."""
        if call.rule not in self.rules:
            return ()
        rule = self.rules[call.rule]
        given = {one.name: one.default for one in rule.parameters} | dict(call.params)
        same = ("occupation",) if given.get("occupation") == "same" else ()
        return (*rule.facts_needed(call.params), *same)


def calls_of(entry: RuleEntry) -> Iterator[RuleCall]:
    if entry.when is not None:
        yield from calls_of(entry.when)
    if isinstance(entry, RuleGroup):
        for member in entry.entries:
            yield from calls_of(member)
    else:
        yield entry


def is_own_people(role: str) -> bool:
    """Somebody of the case's unit, not of an office of a region."""
    return role.startswith(OWN_PEOPLE)
