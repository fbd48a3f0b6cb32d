"""The whole document: every problem at once, values only where there is none."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from shared.procedures.model import LEVELS_OF_OFFICE, ROSTER, FormField, Problem, Source, Step
from shared.procedures.reading.amount import read_amount
from shared.procedures.reading.form import read_form
from shared.procedures.reading.outcome import read_benefits, read_outcome, read_proposal
from shared.procedures.reading.place import Place, Report
from shared.procedures.reading.rules import read_rules
from shared.procedures.reading.scope import Scope
from shared.procedures.reading.steps import read_steps
from shared.procedures.reading.yaml_source import read_yaml
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
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_APPLICANT = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)?")
_REGION = re.compile(r"([0-9]{2}){1,3}")


@dataclass
class Reading:
    """`values` are the arguments of Procedure; None where there is an error."""

    values: dict[str, Any] | None
    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        return [one for one in self.problems if one.severity == "error"]


def read_document(text: str, rules: RuleBook | None, file: str = "") -> Reading:
    source = read_yaml(text)
    report = Report(file, source.lines)
    for line, path, zh, en in source.faults:
        report.problems.append(Problem(file, path, zh, en, line))
    place = Place(source.value, "", report)
    if source.value is None and source.faults:
        return Reading(None, report.problems)
    if not isinstance(source.value, dict):
        place.refuse(
            "文件应为键值对（id: …、title: …、steps: …）。冒号用半角，后面留一个空格。",
            "A document is keys and values (id: …, title: …, steps: …); use the ASCII colon with a "
            "space after it.",
        )
        return Reading(None, report.problems)
    place.is_mapping(DOCUMENT_KEYS)
    values = {**_heading(place), **_body(place, Scope(rules))}
    values |= {"digest": digest_of(text), "source_text": text}
    report.problems.sort(key=lambda one: one.line or 0)
    failed = any(one.severity == "error" for one in report.problems)
    return Reading(None if failed else values, report.problems)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _heading(place: Place) -> dict[str, Any]:
    started, ended = _effective(place)
    return {
        "id": place.need("id", _id, "如 skill-master。", "such as skill-master."),
        "title": place.need(
            "title", Place.text, "{zh: 技能大师, en: …}。", "{zh: 技能大师, en: …}."
        ),
        "summary": place.read("summary", Place.text, None),
        "version": place.read("version", _version, str(started or "1")),
        "region": place.need(
            "region",
            _region,
            '适用地区的行政区划代码，如 "42"（湖北省）、"421281"（赤壁市）、nation（全国）。',
            'the region where it holds: "42" (Hubei), "421281" (Chibi), nation.',
        ),
        "effective_from": started,
        "effective_to": ended,
        "source": _source(place),
        "applicant": place.read("applicant", _applicants, ("worker",)),
    }


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
    _advise(place, steps or (), outcome)
    return {
        "form": form,
        "rules": place.read("rules", lambda one: read_rules(one, scope), ()),
        "row_rules": place.read("row_rules", lambda one: read_rules(one, scope), ()),
        "amount": place.read("amount", lambda one: read_amount(one, scope), None),
        "steps": steps,
        "outcome": outcome,
        "proposed_from": place.read("proposed_from", lambda one: read_proposal(one, scope), None),
        "benefits": place.read("benefits", read_benefits, ()),
        "settings": place.read("settings", _settings, {}),
    }


def _advise(place: Place, steps: tuple[Step, ...], outcome: dict[str, Any]) -> None:
    if place.get("steps") is not None and not place.value["steps"]:
        place.child("steps", None).refuse("至少要有一个步骤。", "At least one step is needed.")
    if not any(step.kind in ("decide", "meeting", "panel") for step in steps):
        place.child("steps", None).warn(
            "没有任何步骤作出决定（decide、meeting 或 panel）。",
            "No step decides anything (decide, meeting or panel).",
        )
    if not outcome:
        place.child("outcome", None).warn(
            "没有 outcome：办结后不会产生荣誉、资格或证书。",
            "There is no outcome: nothing follows when a case is approved.",
        )
    if "entitlement" in outcome and place.get("amount") is None:
        place.child("amount", None).refuse(
            "outcome 是 entitlement 时要写 amount。", "An entitlement needs an amount."
        )
    if place.get("source") is None:
        place.child("source", None).warn(
            "没有写明依据（source）。", "The source of the rules is not named."
        )


def _id(place: Place) -> str | None:
    return place.shaped(
        _ID, "编号用小写英文、数字和连字符。", "an id is lower-case letters, digits and hyphens."
    )


def _version(place: Place) -> str | None:
    if type(place.value) is date:
        return place.value.isoformat()
    return place.shaped(
        _VERSION,
        "版本用英文、数字、点和连字符。",
        "a version is letters, digits, dots and hyphens.",
    )


def _applicants(place: Place) -> tuple[str, ...]:
    found = [
        one.shaped(_APPLICANT, "申请人如 worker、enterprise。", "such as worker, enterprise.")
        for one in place.items()
    ]
    return tuple(word for word in found if word is not None)


def _region(place: Place) -> str | None:
    if place.value in ("nation", "全国"):
        return "000000"
    code = place.shaped(
        _REGION,
        "行政区划代码为 2、4 或 6 位数字（加引号），全国写 nation。",
        "a region is 2, 4 or 6 digits in quotes, or nation.",
    )
    return None if code is None else code.ljust(6, "0")


def _effective(place: Place) -> tuple[date | None, date | None]:
    under = place.get("effective")
    if under is None:
        place.child("effective", None).refuse(
            "缺少 effective：{from: 2024-01-01}，to 为最后一天，可不写。",
            "effective is missing: {from: 2024-01-01}; to is the last day and may be left out.",
        )
        return None, None
    if not isinstance(under.value, dict):
        return under.day(), None
    under.is_mapping(("from", "to"))
    started = under.need("from", Place.day, "自哪天起施行。", "the first day.")
    ended = under.read("to", Place.day, None)
    if started is not None and ended is not None and ended < started:
        under.refuse("to 早于 from。", "to is before from.")
    return started, ended


def _source(place: Place) -> Source | None:
    under = place.get("source")
    if under is None:
        return None
    if not isinstance(under.value, dict):
        text = under.text()
        return None if text is None else Source(text)
    under.is_mapping(("zh", "en", "mark", "url"))
    words = {key: under.value[key] for key in ("zh", "en") if key in under.value}
    text = Place(words, under.path, under.report).text()
    mark = under.read("mark", Place.word, None)
    url = under.read("url", Place.word, None)
    return None if text is None else Source(text, mark, url)


def _settings(place: Place) -> dict[str, Any] | None:
    if isinstance(place.value, dict):
        return dict(place.value)
    place.refuse("应为键值对。", "Keys and values are expected.")
    return None
