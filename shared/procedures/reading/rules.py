"""Rule entries: `- certificate_is_valid`, `- {rule: …, months: 12}`, `- any: [ … ]`."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from shared.kernel.text import Text
from shared.procedures.model import RuleCall, RuleEntry, RuleGroup
from shared.procedures.reading.place import Place, listed, nearest
from shared.procedures.reading.regions import read_region
from shared.procedures.reading.scope import Scope
from shared.procedures.rulebook import FIELD_NAMES, Level, Parameter, RegionCode, Rule

GROUPS = ("any", "all", "not")
_ABOUT = ("clause", "blocks", "when")


def read_rules(place: Place, scope: Scope) -> tuple[RuleEntry, ...]:
    found = [read_rule(one, scope) for one in place.items()]
    return tuple(entry for entry in found if entry is not None)


def read_rule(place: Place, scope: Scope) -> RuleEntry | None:
    if isinstance(place.value, str):
        return _call(place, place.value.strip(), scope, {})
    if not isinstance(place.value, dict):
        place.refuse(
            "应为一条规则，如 {rule: insured_months_at_least, months: 12}。",
            "A rule is expected, such as {rule: insured_months_at_least, months: 12}.",
        )
        return None
    groups = [word for word in GROUPS if word in place.value]
    if ("rule" in place.value) + len(groups) != 1:
        place.refuse(
            "一条规则写 rule、any、all、not 其中之一，且只写一个。",
            "An entry has exactly one of rule, any, all, not.",
        )
        return None
    if groups:
        return _group(place, groups[0], scope)
    name = place.read("rule", Place.word, "")
    return _call(place, name, scope, _about(place, scope)) if name else None


def _about(place: Place, scope: Scope) -> dict[str, Any]:
    when = place.get("when")
    return {
        "clause": place.read("clause", Place.text, None),
        "blocks": place.read("blocks", lambda one: one.one_of(("submission",)), "") or None,
        "when": None if when is None else read_rule(when, scope),
    }


def _group(place: Place, op: str, scope: Scope) -> RuleGroup | None:
    if not place.is_mapping((op, *_ABOUT)):
        return None
    inside = place.get(op)
    entries = () if inside is None else read_rules(inside, scope)
    if not entries and (inside is None or not inside.value):
        place.refuse(f"{op} 中至少要有一条规则。", f"{op} needs at least one rule inside.")
        return None
    if op == "not" and len(entries) > 1:
        place.refuse("not 只能有一条规则。", "not takes exactly one rule.")
        return None
    return RuleGroup(op, entries, **_about(place, scope))  # type: ignore[arg-type]


def _call(place: Place, name: str, scope: Scope, about: dict[str, Any]) -> RuleCall | None:
    given = place.value if isinstance(place.value, dict) else {}
    written = {key: value for key, value in given.items() if key not in ("rule", *_ABOUT)}
    if scope.rules is None:
        return RuleCall(name, _unchecked(written), **about)
    if name not in scope.rules:
        zh, en = nearest(name, scope.rules.names())
        place.refuse(
            f"没有规则 {name}。{zh}全部规则见 shared/procedures/README.md；文字说明请写在规则的 "
            "clause 中。",
            f"There is no rule {name}.{en} shared/procedures/README.md lists them all; "
            "words for people go under a rule's clause.",
        )
        return None
    rule = scope.rules[name]
    params = _parameters(place, rule, scope)
    scope.ensure_supplied(place, name, rule.facts_needed(params))
    return RuleCall(name, params, **about)


def _unchecked(written: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in written.items()}


def _parameters(place: Place, rule: Rule, scope: Scope) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in rule.parameters}
    if isinstance(place.value, dict):
        place.is_mapping(("rule", *known, *_ABOUT))
    found: dict[str, Any] = {}
    for parameter in rule.parameters:
        under = place.get(parameter.name)
        if under is not None:
            value = read_parameter(under, parameter, scope)
            if value is not None:
                found[parameter.name] = value
        elif isinstance(place.value, dict) and parameter.name in place.value:
            place.child(parameter.name, None).refuse(
                f"{parameter.name} 后面没有写值；不需要的，请删除这一项。",
                f"Nothing is written after {parameter.name}; delete it where it is not meant.",
            )
        elif parameter.required:
            place.refuse(
                f"规则 {rule.name} 缺少参数 {parameter.name}（全部参数：{listed(known)}）。",
                f"Rule {rule.name} lacks its parameter {parameter.name} (all: {listed(known)}).",
            )
    _check_order(place, found)
    return found


def _check_order(place: Place, found: Mapping[str, Any]) -> None:
    for low, high in (("minimum", "maximum"), ("earliest", "latest")):
        if low in found and high in found and found[low] > found[high]:
            place.refuse(f"{low} 大于 {high}。", f"{low} is greater than {high}.")


def _any_value(place: Place) -> Any:
    if isinstance(place.value, (dict, list)):
        place.refuse("应为单个值。", "A single value is expected.")
        return None
    return place.value


def _level(place: Place) -> int | None:
    return place.whole(1, 5)


_READERS: dict[Any, Callable[[Place], Any]] = {
    int: Place.whole,
    str: Place.word,
    bool: Place.flag,
    date: Place.day,
    Text: Place.text,
    Any: _any_value,
    Level: _level,
    RegionCode: read_region,
}


def read_parameter(place: Place, parameter: Parameter, scope: Scope) -> Any:
    kind = without_none(parameter.type)
    if kind in FIELD_NAMES:
        return scope.fact_name(place, FIELD_NAMES[kind])
    if get_origin(kind) is Literal:
        return place.one_of([str(word) for word in get_args(kind)])
    if get_origin(kind) is tuple:
        member = get_args(kind)[0]
        one = Parameter(parameter.name, member, True)
        values = tuple(read_parameter(item, one, scope) for item in place.items())
        if not values:
            place.refuse("不能是空的列表。", "The list must not be empty.")
        return tuple(value for value in values if value is not None)
    return _READERS[kind](place)


def without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return next(one for one in get_args(kind) if one is not type(None))
    return kind
