"""Named rules: pure predicates over facts. A rule never reads a clock, a table or a file."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NewType, get_args, get_type_hints

Facts = Mapping[str, Any]
FieldName = NewType("FieldName", str)
"""A parameter of this type names a form field or a fact of the table in README.md."""
NumberName = NewType("NumberName", str)
"""The same, of a type that holds a number; and so on."""
DateName = NewType("DateName", str)
FlagName = NewType("FlagName", str)
FilesName = NewType("FilesName", str)
RegionName = NewType("RegionName", str)
FIELD_NAMES: Mapping[Any, tuple[str, ...]] = {
    FieldName: (),
    NumberName: ("integer", "money", "level"),
    DateName: ("date",),
    FlagName: ("boolean",),
    FilesName: ("attachment",),
    RegionName: ("region",),
}
"""The types of field that such a parameter may name; none: any."""
Level = NewType("Level", int)
"""A certificate's level digit, 5 初级工 to 1 高级技师: the smaller number is the higher level."""
RegionCode = NewType("RegionCode", str)
"""Two, four or six digits of GB/T 2260; a region covers what lies in it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`passed` None: cannot be said yet. `zh`/`en` name the figures and the dates; `facts` are
    those used, as JSON (dates as YYYY-MM-DD)."""

    passed: bool | None
    zh: str
    en: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    remedy_zh: str | None = None
    remedy_en: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with the clause that it rests on; stored with the case and shown to everyone who
    sees the case. `members` are the findings inside an `any`, `all` or `not` group."""

    rule: str
    passed: bool | None
    facts: Mapping[str, Any]
    clause: str
    zh: str
    en: str
    remedy_zh: str | None = None
    remedy_en: str | None = None
    clause_en: str = ""
    blocks: str | None = None
    members: tuple[Finding, ...] = ()

    def text(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh

    def remedy(self, lang: str) -> str | None:
        return self.remedy_en if lang == "en" else self.remedy_zh


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: Any
    required: bool
    default: Any = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`needs`: facts without which the rule is not asked and the answer is "not known yet", unless
    `absence_answers`: a rule that asks whether something is there."""

    name: str
    check: Callable[..., Verdict]
    needs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    says: str
    absence_answers: bool = False

    def facts_needed(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        named = [
            params.get(parameter.name, parameter.default)
            for parameter in self.parameters
            if any(kind in FIELD_NAMES for kind in (parameter.type, *get_args(parameter.type)))
        ]
        return tuple(dict.fromkeys([*self.needs, *(name for name in named if name)]))


class RuleBook:
    """Rules by name. Books add up: `RuleBook(shared_rules(), my_rules)`; a name is given once."""

    def __init__(self, *books: RuleBook) -> None:
        self._rules: dict[str, Rule] = {}
        for book in books:
            for one in book:
                self._add(one)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __contains__(self, name: object) -> bool:
        return name in self._rules

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def without(self, other: RuleBook) -> RuleBook:
        """The rules of this book that the other does not have."""
        book = RuleBook()
        for one in self:
            if one.name not in other:
                book._add(one)
        return book

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._rules))

    def rule(
        self, name: str, needs: tuple[str, ...] = (), *, absence_answers: bool = False
    ) -> Callable[[Callable[..., Verdict]], Callable[..., Verdict]]:
        """Registers `f(facts, **params) -> Verdict`. The parameters that a document may write,
        their types and their defaults are those of the function's signature."""

        def add(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
            says = " ".join((inspect.getdoc(check) or name).split())
            self._add(Rule(name, check, needs, _parameters(check), says, absence_answers))
            return check

        return add

    def _add(self, rule: Rule) -> None:
        if rule.name in self._rules:
            raise ValueError(f"two rules are named {rule.name}")
        self._rules[rule.name] = rule


def _parameters(check: Callable[..., Verdict]) -> tuple[Parameter, ...]:
    hints = get_type_hints(check)
    found = []
    for name, parameter in list(inspect.signature(check).parameters.items())[1:]:
        required = parameter.default is inspect.Parameter.empty
        default = None if required else parameter.default
        found.append(Parameter(name, hints.get(name, Any), required, default))
    return tuple(found)
