"""Somebody must decide every case: neither a clock nor a `when` may leave nobody who did."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

from shared.procedures.checking.passing import possible_values
from shared.procedures.checking.whole import Whole, calls_of
from shared.procedures.entries import NO_CLAUSE, find, sheet_of
from shared.procedures.model import DECIDING, FormField, RuleCall, RuleEntry, Step
from shared.procedures.reading.place import Place, listed

_MOST_CASES = 10_000
_OTHER = "—"  # an answer that no rule names
_COMPARING = ("field_equals", "field_in", "field_is_given")
_COUNTING = ("field_equals", "field_in", "field_at_least", "field_at_most", "number_between")

Facts = dict[str, Any]


def check_deciders(whole: Whole) -> None:
    deciding = [(step, place) for step, place in whole.placed_steps() if step.kind in DECIDING]
    sure = [(step, place) for step, place in deciding if _agrees_by_itself(step) is None]
    if not deciding:
        whole.at("steps").refuse(
            "没有任何步骤作出决定：办件会无人决定而通过。请加一个 decide、meeting 或 panel 步骤，"
            "如 {decide: union_reviews, by: union.reviewer}。",
            "No step decides anything: cases would be approved by nobody. Add a step decide, "
            "meeting or panel, such as {decide: union_reviews, by: union.reviewer}.",
        )
    elif not sure:
        _refuse_what_agrees_by_itself(deciding)
    elif all(step.when is not None for step, _ in sure):
        _check_that_one_applies(whole, sure)


def _agrees_by_itself(step: Step) -> str | None:
    """The key by which the case goes on whatever is said, or though nothing is."""
    if step.silence == "continue":
        return "silence"
    return "below" if step.kind == "panel" and step.settings["below"] == "continue" else None


def _refuse_what_agrees_by_itself(deciding: Sequence[tuple[Step, Place]]) -> None:
    written = [f"{step.key} ({_agrees_by_itself(step)}: continue)" for step, _ in deciding]
    step, place = deciding[-1]
    place.child(str(_agrees_by_itself(step)), None).refuse(
        f"作出决定的步骤都会自动往下走：{listed(written)}；办件会无人决定而通过。请至少在一个步骤"
        "删去 silence: continue（或写 silence: return），panel 请写 below: reject 或 return。",
        f"Every deciding step goes on by itself: {listed(written)}; cases would be approved by "
        "nobody. From one of them at least take silence: continue (or write silence: return); of a "
        "panel write below: reject or return.",
    )


def _check_that_one_applies(whole: Whole, sure: Sequence[tuple[Step, Place]]) -> None:
    steps, (_, place) = [step for step, _ in sure], sure[-1]
    keys = listed(step.key for step in steps)
    conditions = [step.when for step in steps if step.when is not None]
    example, complete = _case_without(whole, conditions)
    if example is not None:
        so = listed(f"{name}: {value}" for name, value in example.items())
        place.child("when", None).refuse(
            f"{so} 的办件，须由人决定的步骤（{keys}）都不适用，无人决定，不能通过。请删去其中一个"
            "步骤的 when，或加一个没有 when 的 decide、meeting 或 panel 步骤。",
            f"With {so} no step that somebody must decide ({keys}) applies: nobody decides, and "
            "the case cannot be approved. Leave `when` out of one of them, or add a step decide, "
            "meeting or panel without it.",
        )
    elif not complete:
        place.child("when", None).warn(
            f"须由人决定的步骤（{keys}）都有 when，无法确定总有一个适用；都不适用的办件无人决定，"
            "会停住，不会通过。",
            f"Every step that somebody must decide ({keys}) has a `when`, and it cannot be shown "
            "that one of them always applies. A case to which none applies is held, not approved.",
        )


def _case_without(whole: Whole, conditions: Sequence[RuleEntry]) -> tuple[Facts | None, bool]:
    """What a case would say that passes the rules and meets none of `conditions`; and whether every
    case was looked at. A fact that cannot be listed is not known, and then a step applies."""
    calls = [call for entry in conditions for call in calls_of(entry)]
    names = dict.fromkeys(name for call in calls for name in whole.needs_of(call))
    listable = {name: _values(whole, name, calls) for name in names}
    known = {name: values for name, values in listable.items() if values is not None}
    if prod(len(values) for values in known.values()) > _MOST_CASES:
        return None, False
    for combination in product(*known.values()):
        facts = dict(zip(known, combination, strict=True))
        if all(_passed(whole, entry, facts) is False for entry in conditions) and not any(
            _passed(whole, entry, facts) is False for entry in whole.values["rules"]
        ):
            return facts, True
    return None, len(known) == len(names)


def _passed(whole: Whole, entry: RuleEntry, facts: Facts) -> bool | None:
    """None, too, where it reads a fact that is not listed."""
    if any(name not in facts for call in calls_of(entry) for name in whole.needs_of(call)):
        return None
    finding = find(entry, sheet_of(whole.form.values(), facts), whole.rules, NO_CLAUSE)
    return True if finding is None else finding.passed


def _values(whole: Whole, name: str, calls: Sequence[RuleCall]) -> list[Any] | None:
    """Values that stand for all that the calls can tell apart; None where there is no such list."""
    field = whole.form.get(name)
    reading = [call for call in calls if name in whole.needs_of(call)]
    found = _of_its_type(whole, name, field, reading)
    if found is None or field is None or field.required:
        return found
    return [*found, None]


def _of_its_type(
    whole: Whole, name: str, field: FormField | None, reading: Sequence[RuleCall]
) -> list[Any] | None:
    options = possible_values(whole, name)
    if options is not None:
        return list(options)
    region = str(whole.values["region"])
    if name == "region" and not region.endswith("00"):  # in force in this one place
        return [region]
    if field is None:
        return None
    if field.type == "boolean":
        return [True, False]
    if field.type in ("integer", "money") and all(c.rule in _COUNTING for c in reading):
        return _numbers(field, reading)
    if field.type in ("text", "long_text") and all(c.rule in _COMPARING for c in reading):
        return [*dict.fromkeys(map(str, _named(reading))), _OTHER]
    return None


def _named(reading: Sequence[RuleCall]) -> list[Any]:
    """The values that the calls compare with."""
    found: list[Any] = []
    for call in reading:
        for key, value in call.params.items():
            if key != "field":
                found += value if isinstance(value, tuple | list) else [value]
    return found


def _numbers(field: FormField, reading: Sequence[RuleCall]) -> list[Any] | None:
    """Each number that is named, and those beside it, within what the form takes."""
    named = [value for value in _named(reading) if isinstance(value, int)]
    near = sorted({number + step for number in named for step in (-1, 0, 1)})
    least = field.minimum or 0
    return [n for n in near if least <= n and (field.maximum is None or n <= field.maximum)] or None
