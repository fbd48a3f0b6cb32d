"""What comes of a case (outcome), what proposes one (proposed_from), what its holder gets."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

from shared.kernel.text import Text
from shared.procedures.model import LEVELS_OF_OFFICE, Benefit
from shared.procedures.reading.place import Place, listed
from shared.procedures.reading.roles import read_role, read_roles
from shared.procedures.reading.scope import Scope

OUTCOME_KINDS = ("entitlement", "honour", "certificates")
ENTITLEMENT_KEYS = ("scheme", "fund", "excludes", "subject")
HONOUR_KEYS = ("title", "number", "term_years", "level", "conferred_by")
CERTIFICATES_KEYS = ("number", "issued_by")
NUMBER_PARTS = ("programme", "region", "year", "serial")
LONGEST_NUMBER = 80
_NOT_IN_AN_ADDRESS = re.compile(r"[\s/\\?#%]")
DEFAULT_NUMBER = "{programme}-{region}-{year}-{serial:04d}"
PROPOSAL_KEYS = ("event", "where", "fields", "person")
_EVENT = re.compile(r"[a-z_]+\.[a-z_]+\.v[0-9]+")


def read_outcome(place: Place) -> dict[str, Any]:
    if isinstance(place.value, str):  # outcome: honour
        place = Place({place.value: {}}, place.path, place.report)
    if not place.is_mapping(OUTCOME_KINDS):
        return {}
    readers = {"entitlement": _entitlement, "honour": _honour, "certificates": _certificates}
    return {
        kind: readers[kind](place.child(kind, place.value[kind] or {}))
        for kind in OUTCOME_KINDS
        if kind in place.value
    }


def _entitlement(place: Place) -> dict[str, Any]:
    """{scheme?, fund, excludes, subject}: a grant is unique by person, scheme and subject."""
    if not place.is_mapping(ENTITLEMENT_KEYS):
        return {}
    found: dict[str, Any] = {
        "fund": place.read("fund", Place.word, "subsidy"),
        "excludes": place.read("excludes", Place.words, ()),
        "subject": place.read("subject", Place.words, ("occupation", "level")),
    }
    scheme = place.read("scheme", Place.word, "")
    return {"scheme": scheme, **found} if scheme else found


def _honour(place: Place) -> dict[str, Any]:
    if not place.is_mapping(HONOUR_KEYS):
        return {}
    return {
        "title": place.read("title", Place.text, None),
        "number": place.read("number", _number, DEFAULT_NUMBER),
        "term_years": place.read("term_years", _years, None),
        "level": place.read("level", lambda one: one.one_of(LEVELS_OF_OFFICE), None),
        "conferred_by": place.read("conferred_by", read_roles, ()),
    }


def _certificates(place: Place) -> dict[str, Any]:
    if not place.is_mapping(CERTIFICATES_KEYS):
        return {}
    return {
        "number": place.read("number", Place.word, "national_22"),
        "issued_by": place.read("issued_by", read_role, "organisation.officer"),
    }


def _years(place: Place) -> int | None:
    text = str(place.value).strip().removesuffix("y").removesuffix("年")
    if not text.isdigit():
        place.refuse("任期以年为单位，如 4。", "The term is in years, such as 4.")
        return None
    return Place(int(text), place.path, place.report).whole(1, 100)


def _number(place: Place) -> str | None:
    pattern = place.word()
    if pattern is None:
        return None
    try:
        parts = [name for _, name, _, _ in Formatter().parse(pattern) if name is not None]
        wrong = [name for name in parts if name not in NUMBER_PARTS]
        if wrong or "serial" not in parts:
            raise ValueError
        shown = pattern.format(programme="p", region="421281", year=2024, serial=1)
    except (ValueError, IndexError, KeyError):
        place.refuse(
            f"编号格式只能用 {{{'} {'.join(NUMBER_PARTS)}}}，且必须有 {{serial}}，"
            f"如 {DEFAULT_NUMBER}。",
            f"A number uses {{{'} {'.join(NUMBER_PARTS)}}} and must have {{serial}}, "
            f"such as {DEFAULT_NUMBER}.",
        )
        return None
    if len(shown) > LONGEST_NUMBER or _NOT_IN_AN_ADDRESS.search(shown):
        place.refuse(
            f"编号是网页地址的一部分，不能有空格和 / \\ ? # %，且不超过 {LONGEST_NUMBER} 个字。",
            "A number is part of an address: no space and none of / \\ ? # %, and at most "
            f"{LONGEST_NUMBER} characters.",
        )
        return None
    return pattern


def read_proposal(place: Place, scope: Scope) -> dict[str, Any] | None:
    """{event, where: {data field: tuple of values}, fields: {form field: data field}, person}."""
    if isinstance(place.value, str):
        place = Place({"event": place.value}, place.path, place.report)
    if not place.is_mapping(PROPOSAL_KEYS):
        return None
    event = place.need(
        "event",
        lambda one: one.shaped(
            _EVENT,
            "事件类型如 assessment.certificate_issued.v1。",
            "an event type looks like assessment.certificate_issued.v1.",
        ),
        "由哪个事件提出，如 assessment.certificate_issued.v1。",
        "the event that proposes a case.",
    )
    fields, where = place.get("fields"), place.get("where")
    return {
        "event": event,
        "where": {} if where is None else _where(where),
        "fields": {} if fields is None else _proposal_fields(fields, scope),
        "person": place.read("person", Place.word, "person_ref"),
    }


def _where(place: Place) -> dict[str, tuple[str, ...]]:
    if not isinstance(place.value, dict):
        place.refuse("应为 {事件字段: 值}。", "{event field: value} is expected.")
        return {}
    return {str(key): place.child(str(key), value).words() for key, value in place.value.items()}


def _proposal_fields(place: Place, scope: Scope) -> dict[str, str]:
    if not isinstance(place.value, dict):
        place.refuse("应为 {表单字段: 事件字段}。", "{form field: event field} is expected.")
        return {}
    found = {}
    for key, value in place.value.items():
        under = place.child(str(key), value)
        if str(key) not in scope.form and not place.report.strict:  # else by its service
            Place(key, under.path, place.report).refuse(
                f"表单中没有字段 {key}。可用：{listed(scope.form)}。",
                f"The form has no field {key}. Fields: {listed(scope.form)}.",
            )
        word = under.word()
        if word is not None:
            found[str(key)] = word
    return found


def read_benefits(place: Place) -> tuple[Benefit, ...]:
    found = []
    for number, one in enumerate(place.items(), start=1):
        if not isinstance(one.value, dict):
            title, key, by = one.text(), f"benefit_{number}", None
        elif one.is_mapping(("key", "title", "zh", "en", "by")):
            words = {k: one.value[k] for k in ("zh", "en") if k in one.value}
            plain = Place(words, one.path, one.report).text() if words else None
            title = one.read("title", Place.text, plain or Text("", ""))
            key = one.read("key", Place.word, f"benefit_{number}")
            by = one.read("by", read_role, None)
        else:
            continue
        if title is None or not title.zh:
            one.refuse("每项待遇要有名称。", "A benefit needs a title.")
        else:
            found.append(Benefit(key, title, by))
    return tuple(found)
