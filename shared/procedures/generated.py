"""What is written from the code: document.schema.json, and the lists in README.md between their
markers. A test says that both are up to date."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from shared.procedures.rulebook import FIELD_NAMES, Parameter, Rule, RuleBook
from shared.procedures.rules import shared_rules
from shared.procedures.schema import document_schema

SCHEMA = Path(__file__).with_name("document.schema.json")
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- rules: generated -->", "<!-- rules: end -->"


def schema_text(rules: RuleBook) -> str:
    return json.dumps(document_schema(rules), ensure_ascii=False, indent=1) + "\n"


def rules_table(rules: RuleBook) -> str:
    lines = ["| rule | parameters | facts it needs | what it says |", "|---|---|---|---|"]
    for name in rules.names():
        rule = rules[name]
        parameters = "<br>".join(_parameter(one) for one in rule.parameters) or "–"
        needs = ", ".join(f"`{fact}`" for fact in rule.needs) or "–"
        lines.append(f"| `{name}` | {parameters} | {needs} | {_says(rule)} |")
    return "\n".join(lines)


def with_rules(readme: str, rules: RuleBook) -> str:
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{rules_table(rules)}\n{END}{after}"


def write_generated() -> None:
    rules = shared_rules()
    SCHEMA.write_text(schema_text(rules), encoding="utf-8")
    README.write_text(with_rules(README.read_text(encoding="utf-8"), rules), encoding="utf-8")


def _says(rule: Rule) -> str:
    return rule.says.replace("|", "/")


def _parameter(parameter: Parameter) -> str:
    words = f"`{parameter.name}`: {_kind(parameter.type)}"
    if parameter.required:
        return words
    return f"{words} ({_default(parameter.default)})"


def _default(value: Any) -> str:
    if value is None or value == ():
        return "may be left out"
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"default {shown}"


def _kind(kind: Any) -> str:
    if get_origin(kind) in (Union, types.UnionType):
        return _kind(next(one for one in get_args(kind) if one is not type(None)))
    if get_origin(kind) is Literal:
        return " or ".join(str(word) for word in get_args(kind))
    if get_origin(kind) is tuple:
        return f"list of {_kind(get_args(kind)[0])}"
    known = {
        int: "whole number",
        str: "word",
        bool: "true/false",
        Any: "value",
    }
    if kind in FIELD_NAMES:
        return " ".join([*FIELD_NAMES[kind][:1], "field or fact"])
    names = {"Level": "level 5..1", "RegionCode": "region digits"}
    return known.get(kind) or names.get(
        getattr(kind, "__name__", ""), str(getattr(kind, "__name__", kind))
    )
