"""The JSON Schema of a document, for editors that complete and underline. The reader is stricter:
it also knows what refers to what."""

from __future__ import annotations

import types
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from shared.kernel.text import Text
from shared.procedures.model import FIELD_TYPES, KINDS, LEVELS_OF_OFFICE, OUTCOMES
from shared.procedures.reading.amount import AMOUNT_KEYS
from shared.procedures.reading.document import DOCUMENT_KEYS
from shared.procedures.reading.form import FIELD_KEYS
from shared.procedures.reading.outcome import (
    CERTIFICATES_KEYS,
    ENTITLEMENT_KEYS,
    HONOUR_KEYS,
    PROPOSAL_KEYS,
)
from shared.procedures.reading.step_kinds import COMBINING, PUBLIC_COLUMNS, SETTING_KEYS
from shared.procedures.reading.steps import COMMON_KEYS
from shared.procedures.rulebook import FIELD_NAMES, Level, RegionCode, Rule, RuleBook

Schema = dict[str, Any]
_FREE: Schema = {"^(note|comment|description|x-.*)$": {}}
_DAYS: Schema = {"type": ["string", "integer"], "description": "工作日 working days: 5wd"}
_DAY: Schema = {"type": "string", "description": "YYYY-MM-DD"}
_WORDS: Schema = {
    "oneOf": [
        {"type": ["string", "integer"]},
        {"type": "array", "items": {"type": ["string", "integer"]}},
    ]
}
_FRACTION: Schema = {"type": "string", "description": "2/3, 60%, 2/3 of members"}


def document_schema(rules: RuleBook) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gongjiang procedure document 办理规则文件",
        **_object(DOCUMENT_KEYS, _DOCUMENT, ("id", "title", "region", "effective", "steps")),
        "$defs": {
            "text": {
                "oneOf": [
                    {"type": ["string", "integer"]},
                    {**_object(("zh", "en"), {"zh": {"type": "string"}, "en": {"type": "string"}})},
                ]
            },
            "rule": {
                "oneOf": [
                    {"type": "string"},
                    *(_group_schema(op) for op in ("any", "all", "not")),
                    *(_rule_schema(rules[name]) for name in rules.names()),
                    _other_rule(rules),
                ]
            },
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
            "field": _object(FIELD_KEYS, _FIELD, ("field",)),
            "step": {"oneOf": [*(_step_schema(kind) for kind in KINDS), _long_step()]},
            "amount": _object(AMOUNT_KEYS, _AMOUNT, ("fen",)),
        },
    }


def _object(keys: tuple[str, ...], known: Schema, required: tuple[str, ...] = ()) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": {key: known.get(key, {}) for key in keys},
        "patternProperties": _FREE,
        "additionalProperties": False,
    }
    return {**found, "required": list(required)} if required else found


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_WHOLE: Schema = {"type": "integer", "minimum": 0}
_LEVELS: Schema = {"enum": list(LEVELS_OF_OFFICE)}
_DOCUMENT: Schema = {
    "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
    "title": _ref("text"),
    "summary": _ref("text"),
    "version": {"type": ["string", "integer"]},
    "region": {"type": ["string", "integer"]},
    "effective": {"oneOf": [_DAY, _object(("from", "to"), {"from": _DAY, "to": _DAY}, ("from",))]},
    "source": {
        "oneOf": [
            {"type": "string"},
            _object(("zh", "en", "mark", "url"), {}),
        ]
    },
    "applicant": _WORDS,
    "at": _LEVELS,
    "form": {"type": "array", "items": _ref("field")},
    "rules": _ref("rules"),
    "row_rules": _ref("rules"),
    "amount": _ref("amount"),
    "steps": {"type": "array", "minItems": 1, "items": _ref("step")},
    "outcome": {
        "oneOf": [
            {"enum": ["honour", "certificates"]},
            _object(
                ("entitlement", "honour", "certificates"),
                {
                    "entitlement": _object(ENTITLEMENT_KEYS, {}),
                    "honour": {"oneOf": [{"type": "null"}, _object(HONOUR_KEYS, {})]},
                    "certificates": {"oneOf": [{"type": "null"}, _object(CERTIFICATES_KEYS, {})]},
                },
            ),
        ]
    },
    "proposed_from": {"oneOf": [{"type": "string"}, _object(PROPOSAL_KEYS, {}, ("event",))]},
    "benefits": {"type": "array"},
    "settings": {"type": "object"},
}
_FIELD: Schema = {
    "field": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
    "type": {"enum": list(FIELD_TYPES)},
    "label": _ref("text"),
    "title": _ref("text"),
    "help": _ref("text"),
    "required": {"type": "boolean"},
    "personal": {"type": "boolean"},
    "options": {"type": ["array", "object"]},
    "minimum": _WHOLE,
    "maximum": _WHOLE,
}
_FEN_TABLE: Schema = {"type": "object", "additionalProperties": _WHOLE, "minProperties": 1}
_AMOUNT: Schema = {
    "fen": {"oneOf": [_WHOLE, _FEN_TABLE]},
    "by": {"type": "string"},
    "times": {"type": "string"},
    "at_most": _WHOLE,
    "cap": _WHOLE,
    "uplift": {
        "type": "array",
        "items": _object(
            ("percent", "when"), {"percent": _WHOLE, "when": _ref("rule")}, ("percent",)
        ),
    },
}
_STEP: Schema = {
    "title": _ref("text"),
    "by": _WORDS,
    "at": _LEVELS,
    "of": {"type": "string", "description": "case, employer, or a region field of the form"},
    "within": _DAYS,
    "late": {"enum": ["escalate"]},
    "silence": {"enum": ["continue", "return"]},
    "when": _ref("rule"),
    "about": _WORDS,
    "withdrawable": {"type": "boolean"},
    "another_person": {"type": "boolean"},
    "settings": {"type": "object"},
    "may": {
        "oneOf": [{"enum": list(OUTCOMES)}, {"type": "array", "items": {"enum": list(OUTCOMES)}}]
    },
    "offices": _WORDS,
    "opposed": {"enum": ["continue", "return", "reject"]},
    "experts": {"type": "integer", "minimum": 1},
    "pass_mark": _WHOLE,
    "maximum": {"type": "integer", "minimum": 1},
    "below": {"enum": ["continue", "return", "reject"]},
    "combine": {"enum": list(COMBINING)},
    "members": {"type": "integer", "minimum": 1},
    "quorum": _FRACTION,
    "majority": _FRACTION,
    "majority_of": {"enum": ["present", "members"]},
    "fails": {"enum": ["reject", "return"]},
    "length": _DAYS,
    "batch": {"enum": ["none", "month"]},
    "first_day_counts": {"type": "boolean"},
    "shows": {**_WORDS, "description": f"{', '.join(PUBLIC_COLUMNS)}, or fields of the form"},
    "anonymous": {"type": "boolean"},
    "objections": _object(("settle", "by"), {"settle": _DAYS, "by": {"type": "string"}}),
    "publishes": {"type": "string"},
    "answers": _WORDS,
    "returns": _WORDS,
    "rejects": _WORDS,
}


def _step_schema(kind: str) -> Schema:
    may = ("may",) if kind in ("decide", "opinions") else ()
    keys = (kind, *COMMON_KEYS, *may, *SETTING_KEYS[kind])
    return _object(keys, {kind: {"type": "string"}, **_STEP}, (kind,))


def _long_step() -> Schema:
    every = tuple(dict.fromkeys(key for keys in SETTING_KEYS.values() for key in keys))
    known = {"kind": {"enum": list(KINDS)}, "key": {"type": "string"}, **_STEP}
    return _object(("kind", "key", *COMMON_KEYS, "may", *every), known, ("kind", "key"))


_ABOUT: Schema = {
    "clause": _ref("text"),
    "blocks": {"enum": ["submission"]},
    "when": _ref("rule"),
}


def _group_schema(op: str) -> Schema:
    inside = {"oneOf": [_ref("rule"), _ref("rules")]} if op == "not" else _ref("rules")
    return _object((op, *_ABOUT), {op: inside, **_ABOUT}, (op,))


def _rule_schema(rule: Rule) -> Schema:
    known: Schema = {"rule": {"const": rule.name}, **_ABOUT}
    for parameter in rule.parameters:
        known[parameter.name] = parameter_schema(parameter.type)
    required = tuple(one.name for one in rule.parameters if one.required)
    return {**_object(tuple(known), known, ("rule", *required)), "description": rule.says}


def _other_rule(rules: RuleBook) -> Schema:
    """A rule of one service's own book."""
    name = {"type": "string", "not": {"enum": list(rules.names())}}
    return {"type": "object", "properties": {"rule": name}, "required": ["rule"]}


def parameter_schema(kind: Any) -> Schema:
    if get_origin(kind) in (Union, types.UnionType):
        return parameter_schema(next(one for one in get_args(kind) if one is not type(None)))
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is tuple:
        one = parameter_schema(get_args(kind)[0])
        return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}]}
    return _PARAMETERS[kind]


_PARAMETERS: dict[Any, Schema] = {
    int: _WHOLE,
    str: {"type": ["string", "integer"]},
    bool: {"type": "boolean"},
    date: _DAY,
    Text: _ref("text"),
    Any: {"type": ["string", "number", "boolean"]},
    **{
        kind: {"type": "string", "description": " ".join(["a form field or a known fact", *types])}
        for kind, types in FIELD_NAMES.items()
    },
    Level: {"type": "integer", "minimum": 1, "maximum": 5},
    RegionCode: {"type": ["string", "integer"]},
}
