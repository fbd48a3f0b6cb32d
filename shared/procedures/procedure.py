"""A procedure: one version of an honour programme, a subsidy scheme, an assessment standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.kernel.region import covers
from shared.kernel.text import Text
from shared.procedures.model import (
    Benefit,
    DocumentProblems,
    FormField,
    RuleEntry,
    Source,
    Step,
)
from shared.procedures.reading import read_document
from shared.procedures.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Procedure:
    """`region` is six digits (420000 for a document that says "42"); `effective_to` is the last
    day, None while nothing ends it. `row_rules` are for each row of a roster, `rules` for the case.
    `settings` is the service's own data (an assessment's parts, staffing). `digest` is SHA-256 of
    `source_text`, from which `parse` makes the same procedure again."""

    id: str
    title: Text
    version: str
    region: str
    effective_from: date
    effective_to: date | None
    source: Source | None
    applicant: tuple[str, ...]
    form: tuple[FormField, ...]
    rules: tuple[RuleEntry, ...]
    amount: Mapping[str, Any] | None
    steps: tuple[Step, ...]
    outcome: dict[str, Any]
    proposed_from: dict[str, Any] | None
    benefits: tuple[Benefit, ...]
    digest: str
    source_text: str = field(repr=False)
    row_rules: tuple[RuleEntry, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    summary: Text | None = None

    @staticmethod
    def parse(text: str, rules: RuleBook | None = None, file: str = "") -> Procedure:
        """Raises DocumentProblems with everything that is wrong. Without `rules` their names and
        parameters are not checked: the text of a case was checked when it began."""
        reading = read_document(text, rules, file)
        if reading.values is None:
            raise DocumentProblems(reading.errors)
        return Procedure(**reading.values)

    @property
    def scheme(self) -> str:
        """The name under which grants of this procedure and of its variants count together."""
        entitlement = self.outcome.get("entitlement") or {}
        return str(entitlement.get("scheme", self.id))

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)

    def title_of(self, key: str) -> Text | str:
        """What the step is called; the key itself where a later version knows no such step."""
        return next((step.title for step in self.steps if step.key == key), key)

    def field(self, name: str) -> FormField | None:
        return next((one for one in self.form if one.name == name), None)

    def in_force(self, on: date, region: str) -> bool:
        ended = self.effective_to is not None and on > self.effective_to
        return self.effective_from <= on and not ended and covers(self.region, region)
