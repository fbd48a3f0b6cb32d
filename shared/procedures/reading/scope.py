"""What a document may refer to: its own form fields, the known facts, the rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.procedures.facts import FACTS
from shared.procedures.model import FormField
from shared.procedures.reading.place import Place, listed, nearest
from shared.procedures.rulebook import RuleBook


@dataclass
class Scope:
    """`rules` None: names of rules and their parameters are not checked. `roles_used`: those that
    have a step of their own. `carries`: what its cases have beside the form (a roster)."""

    rules: RuleBook | None
    form: dict[str, FormField] = field(default_factory=dict)
    roles_used: frozenset[str] = frozenset()
    carries: tuple[str, ...] = ()

    def fact_name(self, place: Place) -> str | None:
        """A form field's name or a known fact's."""
        name = place.word()
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
