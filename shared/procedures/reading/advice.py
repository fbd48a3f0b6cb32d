"""What only the whole document shows: parts that lack each other, and chains that get stuck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.procedures.model import DECIDING, Step
from shared.procedures.reading.place import Place

_DECIDING = ("decide", "meeting")
_ACTING = ("decide", "meeting", "opinions", "panel", "external")


def advise(place: Place, steps: tuple[Step, ...], outcome: dict[str, Any]) -> None:
    strict = place.report.strict  # then shared.procedures.checking refuses what is doubted here
    if place.get("steps") is not None and not place.value["steps"]:
        place.child("steps", None).refuse("至少要有一个步骤。", "At least one step is needed.")
    if not strict and not any(step.kind in DECIDING for step in steps):
        place.child("steps", None).warn(
            "没有任何步骤作出决定（decide、meeting 或 panel）。",
            "No step decides anything (decide, meeting or panel).",
        )
    if not outcome:
        place.child("outcome", None).warn(
            "没有 outcome：办结后不会产生荣誉、资格或证书。",
            "There is no outcome: nothing follows when a case is approved.",
        )
    if not strict and "entitlement" in outcome and place.get("amount") is None:
        place.child("amount", None).refuse(
            "outcome 是 entitlement 时要写 amount。", "An entitlement needs an amount."
        )
    if place.get("source") is None:
        place.child("source", None).warn(
            "没有写明依据（source）。", "The source of the rules is not named."
        )
    where = _places(place)
    if not strict:
        _doubt_two_steps_of_one_role(steps, where)
        _doubt_settlers_with_a_step(steps, where)
    _doubt_that_nobody_may_refuse(place, steps)


def _places(place: Place) -> Mapping[str, Place]:
    """By the step's name, of the first that has it."""
    written = place.get("steps")
    found: dict[str, Place] = {}
    for one in [] if written is None else written.items():
        if isinstance(one.value, dict):
            for key in ("decide", "meeting", "opinions", "panel", "notice", "external", "key"):
                found.setdefault(str(one.value.get(key)).strip(), one)
    return found


def _doubt_two_steps_of_one_role(steps: tuple[Step, ...], where: Mapping[str, Place]) -> None:
    before: dict[tuple[str, str, str], Step] = {}
    for step in steps:
        for role in step.by if step.kind in _DECIDING else ():
            first = before.setdefault((role, step.at, step.of), step)
            if first is step or where[step.key].read("another_person", Place.flag, False):
                continue
            where[step.key].warn(
                f"{step.key} 与 {first.key} 都由 {role} 办理：一人不得办理同一案件的两个步骤，"
                "因此要有两个不同的人。请换一个角色；确有两人时写 another_person: true。",
                f"{step.key} and {first.key} are both done by {role}: nobody decides two steps of "
                "one case, so two different people are needed. Name another role; where there are "
                "two people, write another_person: true.",
            )
            break


def _doubt_settlers_with_a_step(steps: tuple[Step, ...], where: Mapping[str, Place]) -> None:
    acting = {role: step for step in reversed(steps) if step.kind in _ACTING for role in step.by}
    for step in steps:
        role = step.settings["objections"]["by"] if step.kind == "notice" else ""
        if role not in acting:
            continue
        place = where[step.key]
        objections = place.get("objections")
        (place if objections is None else objections).warn(
            f"异议由 {role} 处理，而步骤 {acting[role].key} 也由它办理：办过该步骤的人不得再处理"
            "异议。请在 objections 的 by 写一个没有步骤的角色。",
            f"{role} settles the objections and also does the step {acting[role].key}: who did "
            "that step may not settle them. Write under objections, by, a role without a step.",
        )


def _doubt_that_nobody_may_refuse(place: Place, steps: tuple[Step, ...]) -> None:
    """No approval passes against a finding that failed or is not known."""
    deciding = [step for step in steps if step.kind in _DECIDING]
    judged = place.get("rules") is not None and bool(place.value["rules"])
    refusing = ("return", "reject")
    if (
        judged
        and deciding
        and not any(step.kind == "meeting" or set(step.may) & set(refusing) for step in deciding)
    ):
        place.child("steps", None).doubt(
            "文件写有 rules，但没有一个步骤可以退回或不予通过：条件不满足的办件会停住。请至少在"
            "一个 decide 步骤的 may 中写 return 或 reject，或加一个 meeting。",
            "The document has rules, but no step may return or reject: a case that fails one gets "
            "stuck. Write return or reject under `may` of a decide step, or add a meeting.",
        )
