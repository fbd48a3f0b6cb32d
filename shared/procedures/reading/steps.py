"""The chain: `- {decide: union_reviews, by: union.reviewer, at: county, within: 3wd}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from shared.kernel.text import Text
from shared.procedures.model import KINDS, LEVELS_OF_OFFICE, OUTCOMES, RuleEntry, Step
from shared.procedures.reading.place import Place, listed
from shared.procedures.reading.roles import read_roles
from shared.procedures.reading.rules import read_rule
from shared.procedures.reading.scope import Scope
from shared.procedures.reading.step_kinds import SETTING_KEYS, read_settings
from shared.procedures.reading.step_place import check_settings, step_place

COMMON_KEYS = (
    "title",
    "by",
    "at",
    "of",
    "within",
    "late",
    "silence",
    "when",
    "about",
    "withdrawable",
    "another_person",
    "settings",
)
_MAY_KINDS = ("decide", "opinions")
_DEFAULT_MAY = {"decide": ("approve", "return", "reject"), "opinions": ("support", "oppose")}
_GO_ON = ("approve", "confirm", "support")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
_KIND_TITLES = {
    "decide": Text("审核", "Decision"),
    "opinions": Text("征求意见", "Opinions"),
    "panel": Text("专家评审", "Expert panel"),
    "meeting": Text("会议审议", "Meeting"),
    "notice": Text("公示", "Public notice"),
    "external": Text("外部办理", "Answer from outside"),
}
_DEFAULT_WITHIN = {"opinions": 5}


def read_steps(place: Place, scope: Scope, level: str | None) -> tuple[Step, ...]:
    """`level`: the document's own `at`, for the steps that name none."""
    steps: dict[str, Step] = {}
    decider = ""
    scope.roles_used = frozenset(_roles_written(place))
    for one in place.items():
        step = _read_step(one, scope, level, decider)
        if step is None:
            continue
        if step.key in steps:
            one.refuse(
                f"步骤 {step.key} 写了两次。请给第二个换一个名字。",
                f"Step {step.key} is written twice. Give the second another name.",
            )
        steps[step.key] = step
        if step.kind in ("decide", "meeting") and step.by:
            decider = step.by[0]
    return tuple(steps.values())


def _roles_written(place: Place) -> Iterator[str]:
    for one in place.items():
        by = one.value.get("by") if isinstance(one.value, dict) else None
        yield from (str(role) for role in (by if isinstance(by, list) else [by]) if role)


def _read_step(place: Place, scope: Scope, level: str | None, decider: str) -> Step | None:
    kind, key = _kind_and_key(place)
    if kind is None or key is None:
        return None
    own = ("kind", "key") if "kind" in place.value else (kind,)
    may = ("may",) if kind in _MAY_KINDS else ()
    place.is_mapping((*own, *COMMON_KEYS, *may, *SETTING_KEYS[kind]))
    check_settings(place, SETTING_KEYS[kind])
    place = step_place(place, SETTING_KEYS[kind])
    by = _by(place, kind, key)
    silence = place.read("silence", lambda one: one.one_of(("continue", "return")), "")
    if kind == "opinions":
        silence = silence or "continue"
    within = place.read("within", Place.working_days, _DEFAULT_WITHIN.get(kind, 0)) or None
    return Step(
        kind=kind,
        key=key,
        title=_title(place, kind, key),
        by=by,
        at=_at(place, by, level),
        of=_of(place, scope),
        may=_may(place, kind),
        within=within,
        late=_late(place, kind, within, silence),
        silence=silence or None,
        when=_when(place, scope),
        settings={
            **_shared_settings(place, scope),
            **read_settings(place, kind, scope, decider or (by[0] if by else "")),
        },
    )


def _shared_settings(place: Place, scope: Scope) -> dict[str, Any]:
    """`about`: form fields, or the roster, that this step decides on; when one of them changes
    after a return the case goes back to this step. `withdrawable`: whether the applicant may still
    withdraw here."""
    about = place.get("about")
    fields = [] if about is None else [scope.subject_name(one) for one in about.items()]
    return {
        "about": tuple(name for name in fields if name is not None),
        "withdrawable": place.read("withdrawable", Place.flag, True),
    }


def _kind_and_key(place: Place) -> tuple[str | None, str | None]:
    kinds = [kind for kind in KINDS if isinstance(place.value, dict) and kind in place.value]
    if len(kinds) == 1:
        kind: str | None = kinds[0]
        under = place.get(kinds[0])
    elif not kinds and isinstance(place.value, dict) and "kind" in place.value:
        kind = place.need("kind", lambda one: one.one_of(KINDS), "", "")
        under = place.get("key")
    else:
        place.refuse(
            f"一个步骤以其类型开头（{listed(KINDS)} 之一），如 {{decide: union_reviews, by: …}}。",
            f"A step begins with its kind (one of {listed(KINDS)}), such as "
            "{decide: union_reviews, by: …}.",
        )
        return None, None
    if under is None:
        place.refuse(
            "步骤缺少名字，如 decide: union_reviews。",
            "The step has no name; write for example decide: union_reviews.",
        )
        return kind, None
    return kind, under.shaped(
        _KEY,
        "步骤名用小写英文字母、数字和下划线。",
        "a step's name is lower-case letters, digits and underscores.",
    )


def _title(place: Place, kind: str, key: str) -> Text:
    plain = _KIND_TITLES[kind]
    return place.read("title", Place.text, Text(plain.zh, key.replace("_", " ").capitalize()))


def _by(place: Place, kind: str, key: str) -> tuple[str, ...]:
    under = place.get("by")
    if under is None:
        under = place.get("offices") if kind == "opinions" else None
    if under is not None:
        return read_roles(under)
    if kind == "panel":
        return ("expert",)
    if kind in ("decide", "meeting", "opinions"):
        place.refuse(
            f"步骤 {key} 缺少 by：由哪个角色办理，如 union.reviewer。",
            f"Step {key} lacks by: the role that does it, such as union.reviewer.",
        )
    return ()


def _at(place: Place, by: tuple[str, ...], level: str | None) -> str:
    unit = bool(by) and by[0].split(".")[0] in ("enterprise", "organisation", "unit")
    plain = "unit" if unit else level or "county"
    return place.read("at", lambda one: one.one_of(LEVELS_OF_OFFICE), plain)


def _of(place: Place, scope: Scope) -> str:
    under = place.get("of")
    if under is None or under.value in ("case", "employer"):
        return "case" if under is None else str(under.value)
    return scope.field_name(under, ("region",)) or "case"


def _may(place: Place, kind: str) -> tuple[str, ...]:
    under = place.get("may")
    if kind not in _MAY_KINDS or under is None:
        return _DEFAULT_MAY.get(kind, ())
    may = under.some_of(OUTCOMES)
    if may and not any(word in _GO_ON for word in may):
        under.refuse(
            f"至少要有一种可以往下走的结果（{listed(_GO_ON)}）。",
            f"At least one outcome must let the case go on ({listed(_GO_ON)}).",
        )
    return may


def _late(place: Place, kind: str, within: int | None, silence: str) -> str | None:
    under = place.get("late")
    if under is None:
        return "escalate" if within and not silence and kind != "notice" else None
    late = under.one_of(("escalate",))
    if within is None:
        under.refuse("写了 late 就要写 within。", "late needs within: how many working days.")
    if silence and late:
        under.warn(
            "已写 silence（到期自动处理），late 不起作用。",
            "silence settles the step at its deadline, so late has no effect.",
        )
        return None
    return late


def _when(place: Place, scope: Scope) -> RuleEntry | None:
    under = place.get("when")
    return None if under is None else read_rule(under, scope)
