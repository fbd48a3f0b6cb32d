"""The whole document: every problem at once, values only where there is none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from shared.procedures.capabilities import Capabilities
from shared.procedures.checking import Whole, check_whole
from shared.procedures.model import LEVELS_OF_OFFICE, ROSTER, FormField, Problem
from shared.procedures.reading.advice import advise
from shared.procedures.reading.amount import read_amount
from shared.procedures.reading.form import read_form
from shared.procedures.reading.heading import read_heading
from shared.procedures.reading.outcome import read_benefits, read_outcome, read_proposal
from shared.procedures.reading.place import Place
from shared.procedures.reading.report import Report, TooManyProblems
from shared.procedures.reading.rules import read_rules
from shared.procedures.reading.scope import Scope
from shared.procedures.reading.steps import read_steps
from shared.procedures.reading.syntax import full_width_marks
from shared.procedures.reading.yaml_source import Source, read_yaml
from shared.procedures.rulebook import RuleBook

T = TypeVar("T")
DOCUMENT_KEYS = (
    "id",
    "title",
    "summary",
    "version",
    "region",
    "effective",
    "source",
    "applicant",
    "at",
    "form",
    "rules",
    "row_rules",
    "amount",
    "steps",
    "outcome",
    "proposed_from",
    "benefits",
    "settings",
)


@dataclass
class Reading:
    """`values` are the arguments of Procedure; None where there is an error."""

    values: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [one for one in self.problems if one.severity == "error"]


def read_document(
    text: str, rules: RuleBook | None, file: str = "", can: Capabilities | None = None
) -> Reading:
    """Whatever stands in it, a document is read or refused: an exception here would take every
    other document of the catalogue with it. `can`: of the service that is to run it, which refuses
    what it cannot do; without it a text is only read, as that of a case is which began long ago."""
    try:
        return _read(text, rules, file, can)
    except RecursionError:
        zh, en = (
            "文件嵌套过深，请减少括号或缩进的层数。",
            ("The document is nested too deeply; use fewer levels of brackets or indentation."),
        )
    except Exception as error:
        name = type(error).__name__
        zh, en = (
            f"文件内容无法识别（{name}），请逐段检查。",
            (f"The document cannot be made out ({name}); check it part by part."),
        )
    return Reading(None, [Problem(file, "", zh, en)])


def _read(text: str, rules: RuleBook | None, file: str, can: Capabilities | None) -> Reading:
    source = read_yaml(text)
    report = Report(file, source.lines, None if can is None else can.roles)
    try:
        values = _values(source, text, Scope(rules), report, can)
    except TooManyProblems:
        values = {}
    problems = sorted(report.problems, key=lambda one: one.line or 0)
    failed = not values or any(one.severity == "error" for one in problems)
    return Reading(None if failed else values, problems)


def _values(
    source: Source, text: str, scope: Scope, report: Report, can: Capabilities | None
) -> dict[str, Any]:
    """Empty where the text is no document."""
    marks = full_width_marks(text) if report.strict else ()
    for line, path, zh, en in [*marks, *source.faults]:
        report.add_at(line, path, zh, en)
    place = Place(source.value, "", report)
    if source.value is None and source.faults:
        return {}
    if not isinstance(source.value, dict):
        place.refuse(
            "文件应为键值对（id: …、title: …、steps: …）。冒号用半角，后面留一个空格。",
            "A document is keys and values (id: …, title: …, steps: …); use the ASCII colon with a "
            "space after it.",
        )
        return {}
    place.is_mapping(DOCUMENT_KEYS)
    values = {**read_heading(place), **_body(place, scope)}
    values |= {"digest": digest_of(text), "source_text": text}
    wrong = any(one.severity == "error" for one in report.problems)
    if can is not None and scope.rules is not None and not wrong:
        check_whole(Whole(place, values, can, scope.rules))
    return values


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _body(place: Place, scope: Scope) -> dict[str, Any]:
    form: tuple[FormField, ...] = place.read("form", read_form, ())
    scope.form = {one.name: one for one in form}
    outcome: dict[str, Any] = place.read("outcome", read_outcome, {})
    if place.get("row_rules") is not None or "certificates" in outcome:
        scope.carries = (ROSTER,)
    level = place.read("at", lambda one: one.one_of(LEVELS_OF_OFFICE), "") or None
    steps = place.need(
        "steps",
        lambda one: read_steps(one, scope, level),
        "至少一个步骤，如 - {decide: union_reviews, by: union.reviewer}。",
        "at least one step, such as - {decide: union_reviews, by: union.reviewer}.",
    )
    advise(place, steps or (), outcome)
    return {
        "form": form,
        "rules": place.read("rules", lambda one: read_rules(one, scope), ()),
        "row_rules": place.read(
            "row_rules", lambda one: read_rules(one, replace(scope, of_rows=True)), ()
        ),
        "amount": place.read("amount", lambda one: read_amount(one, scope), None),
        "steps": steps,
        "outcome": outcome,
        "proposed_from": place.read("proposed_from", lambda one: read_proposal(one, scope), None),
        "benefits": place.read("benefits", read_benefits, ()),
        "settings": place.read("settings", _settings, {}),
    }


def _settings(place: Place) -> dict[str, Any] | None:
    if isinstance(place.value, dict):
        return dict(place.value)
    place.refuse("应为键值对。", "Keys and values are expected.")
    return None
