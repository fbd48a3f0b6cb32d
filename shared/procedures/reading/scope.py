"""What a document may refer to: its own form fields, the known facts, the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.procedures.facts import FACT_FROM_FIELD, FACT_TYPES, FACTS
from shared.procedures.model import FormField
from shared.procedures.reading.place import Place, listed, nearest
from shared.procedures.rulebook import RuleBook

_OPTIONS_OF = {"integer": re.compile("[0-9]+"), "boolean": re.compile("true|false")}


@dataclass
class Scope:
    """`rules` None: names of rules and their parameters are not checked. `roles_used`: those that
    have a step of their own. `carries`: what its cases have beside the form (a roster). `of_rows`:
    it is the rows of a roster that are judged, whose facts are the rows' own."""

    rules: RuleBook | None
    form: dict[str, FormField] = field(default_factory=dict)
    roles_used: frozenset[str] = frozenset()
    carries: tuple[str, ...] = ()
    of_rows: bool = False

    def fact_name(self, place: Place, types: tuple[str, ...] = ()) -> str | None:
        """A form field's name or a known fact's, of one of `types` if given."""
        name = place.word()
        if name is not None and types and (name in self.form or name in FACTS):
            self._ensure_type(place, name, types)
        if name is None or name in self.form or name in FACTS:
            return name
        zh, en = nearest(name, [*self.form, *FACTS])
        place.refuse(
            f"表单中没有字段 {name}，它也不是已知的事实。{zh}"
            f"表单字段：{listed(self.form) or '无'}。",
            f"{name} is neither a field of the form nor a known fact.{en} "
            f"Fields: {listed(self.form) or 'none'}.",
        )
        return None

    def _ensure_type(self, place: Place, name: str, types: tuple[str, ...]) -> None:
        """A choice is of the type that each of its options is written in."""
        field = self.form.get(name)
        held = FACT_TYPES.get(name, "text") if field is None else field.type
        written = _OPTIONS_OF.get(types[0])
        if field is not None and held == "choice" and written and field.options:
            answers = [option.value for option in field.options]
            held = types[0] if all(map(written.fullmatch, answers)) else held
        if held in types:
            return
        known = [one.name for one in self.form.values() if one.type in types]
        known += [one for one, kind in FACT_TYPES.items() if kind in types and one not in known]
        place.refuse(
            f"{name} 的类型是 {held}，这条规则不能用于它，要用类型 {listed(types)}。"
            f"可用：{listed(known) or '无，请在表单中加一个'}。",
            f"{name} is of type {held}, which this rule cannot judge; it takes {listed(types)}. "
            f"Use: {listed(known) or 'none, add such a field to the form'}.",
        )

    def ensure_supplied(self, place: Place, rule: str, facts: Iterable[str]) -> None:
        """Some facts are only known out of a field of the form."""
        for fact in () if self.of_rows else facts:
            source = FACT_FROM_FIELD.get(fact)
            if source is None or fact in self.form:
                continue
            field = self.form.get(source)
            written = f"{{field: {source}, type: {source}, required: true}}"
            if field is None or field.type != source:
                place.refuse(
                    f"规则 {rule} 需要 {fact}，它来自表单字段 {source}，而表单中没有；否则永远无法"
                    f"判断，办件不能通过。请在 form 中加 {written}。",
                    f"Rule {rule} needs {fact}, which is known out of the form's field {source}; "
                    "the form has none, so that it would never be known and no case be approved. "
                    f"Add to the form: {written}.",
                )
            elif not field.required:
                place.warn(
                    f"规则 {rule} 需要 {fact}，它来自表单字段 {source}，而该字段可以不填。请写 "
                    "required: true。",
                    f"Rule {rule} needs {fact}, which is known out of the form's field {source}, "
                    "which may be left blank. Write required: true.",
                )

    def subject_name(self, place: Place) -> str | None:
        """What a step may be about: a form field, or what a case carries beside its form."""
        name = place.word()
        return name if name in self.carries else self.field_name(place)

    def field_name(self, place: Place, types: tuple[str, ...] = ()) -> str | None:
        """A form field's name, of one of `types` if given."""
        name = place.word()
        known = [one.name for one in self.form.values() if not types or one.type in types]
        if name is None or name in known:
            return name
        zh, en = nearest(name, known)
        kind = f"（类型 {listed(types)}）" if types else ""
        kind_en = f" of type {listed(types)}" if types else ""
        place.refuse(
            f"表单中没有这样的字段{kind}：{name}。{zh}可用：{listed(known) or '无'}。",
            f"The form has no field{kind_en} named {name}.{en} Known: {listed(known) or 'none'}.",
        )
        return None
