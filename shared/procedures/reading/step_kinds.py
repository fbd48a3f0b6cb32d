"""What each kind of step has of its own, with defaults filled in (see model.Step)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from shared.procedures.model import NEVER_PUBLISHED, PERSONAL_TYPES
from shared.procedures.reading.place import Place, listed, nearest
from shared.procedures.reading.roles import read_role, read_roles, settler_beside
from shared.procedures.reading.scope import Scope

SETTING_KEYS: dict[str, tuple[str, ...]] = {
    "decide": (),
    "opinions": ("offices", "opposed"),
    "panel": ("experts", "pass_mark", "maximum", "below", "combine"),
    "meeting": ("members", "quorum", "majority", "majority_of", "fails"),
    "notice": (
        "length",
        "batch",
        "first_day_counts",
        "shows",
        "anonymous",
        "objections",
        "publishes",
    ),
    "external": ("answers", "returns", "rejects"),
}
# What a public notice may show beside the form's own fields. Nothing here is personal data that
# domain.md A9 forbids to publish.
PUBLIC_COLUMNS = (
    "name",
    "employer",
    "unit",
    "organisation",
    "occupation",
    "occupation_name",
    "level",
    "amount",
    "region",
    "programme",
    "honour",
    "title",
    "score",
    "result",
    "certificate_no",
    "issued_on",
    "procedure",
    "date",
)
_CONSEQUENCES = ("continue", "return", "reject")
COMBINING = ("mean", "trimmed_mean")
_FEWEST_TO_TRIM = 4
_RETURNS = ("return", "returned")
_REJECTS = ("reject", "rejected", "refused", "failed")


def read_settings(place: Place, kind: str, scope: Scope, decider: str) -> dict[str, Any]:
    """`decider`: the role of the decision before this one; it publishes by default."""
    readers: dict[str, Callable[[], dict[str, Any]]] = {
        "decide": dict,
        "opinions": lambda: _opinions(place),
        "panel": lambda: _panel(place),
        "meeting": lambda: _meeting(place),
        "notice": lambda: _notice(place, scope, decider),
        "external": lambda: _external(place),
    }
    return readers[kind]()


def _opinions(place: Place) -> dict[str, Any]:
    under = place.get("offices") or place.get("by")
    offices = () if under is None else read_roles(under)
    opposed = place.read("opposed", lambda one: one.one_of(_CONSEQUENCES), "continue")
    return {"offices": offices, "opposed": opposed}


def _panel(place: Place) -> dict[str, Any]:
    maximum = place.read("maximum", lambda one: one.whole(1, 1000), 100)
    pass_mark = place.read("pass_mark", Place.whole, maximum * 60 // 100)
    if pass_mark > maximum:
        place.refuse("合格分高于满分。", "pass_mark is above maximum.")
    experts = place.read("experts", lambda one: one.whole(1, 99), 3)
    combine = place.read("combine", lambda one: one.one_of(COMBINING), COMBINING[0])
    if combine == "trimmed_mean" and experts < _FEWEST_TO_TRIM:
        place.refuse(
            f"combine: trimmed_mean 去掉一个最高分和一个最低分，至少要 {_FEWEST_TO_TRIM} 位专家"
            f"（experts），现为 {experts}。",
            "combine: trimmed_mean drops one highest and one lowest score and needs at least "
            f"{_FEWEST_TO_TRIM} experts; there are {experts}.",
        )
    return {
        "combine": combine,
        "experts": experts,
        "pass_mark": pass_mark,
        "maximum": maximum,
        "below": place.read("below", lambda one: one.one_of(_CONSEQUENCES), "reject"),
    }


def _meeting(place: Place) -> dict[str, Any]:
    members, majority = place.get("members"), place.get("majority")
    if majority is not None and isinstance(majority.value, str) and " of " in majority.value:
        text, _, whole = majority.value.partition(" of ")  # "2/3 of members"
        written = {**place.value, "majority": text, "majority_of": whole}
        place = Place(written, place.path, place.report)
    count = None if members is None else members.whole(1, 100_000)
    return {
        "members": count,
        "quorum": place.read("quorum", Place.fraction, Fraction(2, 3)),
        "majority": place.read("majority", Place.fraction, Fraction(1, 2)),
        "majority_of": place.read(
            "majority_of", lambda one: one.one_of(("present", "members")), "present"
        ),
        "fails": place.read("fails", lambda one: one.one_of(("reject", "return")), "reject"),
    }


def _notice(place: Place, scope: Scope, decider: str) -> dict[str, Any]:
    # `within` on a notice is its length too: a notice has no other clock.
    length = place.read("length", Place.working_days, 0)
    role = decider or "bureau.officer"
    publisher = place.get("by")
    if publisher is not None:
        role = (read_roles(publisher) or (role,))[0]
    batch = place.read("batch", lambda one: one.one_of(("none", "month")), "none")
    return {
        "length": length or place.read("within", Place.working_days, 5),
        "batch": None if batch == "none" else batch,
        "first_day_counts": place.read("first_day_counts", Place.flag, True),
        "shows": _shows(place, scope),
        "anonymous": place.read("anonymous", Place.flag, False),
        "objections": _objections(place, settler_beside(role, scope.roles_used)),
        "publishes": place.read("publishes", read_role, role),
    }


def _objections(place: Place, role: str) -> dict[str, Any]:
    under = place.get("objections")
    if under is None or not under.is_mapping(("settle", "by")):
        return {"settle": 5, "by": role}
    return {
        "settle": under.read("settle", Place.working_days, 5),
        "by": under.read("by", read_role, role),
    }


def _shows(place: Place, scope: Scope) -> tuple[str, ...]:
    under = place.get("shows")
    if under is None:
        return ("name", "employer")
    found = []
    for one in under.items():
        name = one.word()
        form_field = scope.form.get(name or "")
        personal = form_field is not None and form_field.personal
        if name in PERSONAL_TYPES or name in NEVER_PUBLISHED or personal:
            one.refuse(
                f"{name} 是个人信息，不得公示（domain.md A9）。",
                f"{name} is personal data and must not be published.",
            )
        elif name is not None and form_field is None and name not in PUBLIC_COLUMNS:
            columns = _columns(scope)
            zh, en = nearest(name, columns)
            one.refuse(
                f"公示中没有 {name} 一栏。{zh}可用：{listed(columns)}。",
                f"A notice has no column {name}.{en} Use: {listed(columns)}.",
            )
        elif name is not None:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _columns(scope: Scope) -> list[str]:
    own = [
        one.name
        for one in scope.form.values()
        if not one.personal and one.name not in NEVER_PUBLISHED
    ]
    return list(dict.fromkeys([*PUBLIC_COLUMNS, *own]))


def _external(place: Place) -> dict[str, Any]:
    answers = place.read("answers", Place.words, ("completed", "returned"))
    means = {answer: _means(answer) for answer in answers}
    for key, consequence in (("returns", "return"), ("rejects", "reject")):
        under = place.get(key)
        for answer in () if under is None else under.some_of(answers):
            means[answer] = consequence
    if "continue" not in means.values():
        place.refuse(
            "answers 中至少要有一个可以往下走的答复。",
            "At least one answer must let the case go on.",
        )
    return {"answers": answers, "means": means}


def _means(answer: str) -> str:
    if answer in _RETURNS:
        return "return"
    return "reject" if answer in _REJECTS else "continue"
