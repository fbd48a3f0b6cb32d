"""Roles: a word, or two joined by a dot (union.reviewer)."""

from __future__ import annotations

import re

from shared.procedures.reading.place import Place, listed, nearest

_SHAPE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)?")
# What the demonstration directory staffs; a deployment may know more, so others only warn.
KNOWN_ROLES = (
    "worker",
    "expert",
    "enterprise.officer",
    "enterprise.congress",
    "union.reviewer",
    "union.leader",
    "union.secretary",
    "bureau.officer",
    "bureau.rechecker",
    "bureau.leader",
    "bureau.payment_maker",
    "bureau.payment_approver",
    "finance_bureau.officer",
    "centre.officer",
    "organisation.officer",
    "department.tax",
    "department.market_regulation",
    "department.human_resources",
    "department.emergency",
    "department.environment",
)


# Who settles objections where the document names nobody: another office of the family that decided,
# because nobody decides two steps of one case.
_SETTLERS = {
    "union": ("union.leader", "union.secretary", "union.reviewer"),
    "bureau": ("bureau.rechecker", "bureau.leader", "bureau.officer"),
    "enterprise": ("enterprise.officer", "enterprise.congress"),
}


def settler_beside(decider: str, used: frozenset[str]) -> str:
    """A role of the decider's family that has no step of its own; else the decider's."""
    family = _SETTLERS.get(decider.split(".")[0], ())
    return next((role for role in family if role not in used), decider)


def read_role(place: Place) -> str | None:
    role = place.shaped(
        _SHAPE,
        "角色写作 单位.岗位 的小写英文，如 union.reviewer。",
        "a role is lower-case letters, office.post, such as union.reviewer.",
    )
    if role is not None and role not in KNOWN_ROLES:
        zh, en = nearest(role, KNOWN_ROLES)
        place.warn(
            f"没有人担任过 {role}。{zh}已知的角色：{listed(KNOWN_ROLES)}；另设的角色要有人担任，"
            "否则办件会停在这里。",
            f"{role} is not a known role.{en} Known roles: {listed(KNOWN_ROLES)}; a role of your "
            "own needs somebody who holds it, or cases stop here.",
        )
    return role


def read_roles(place: Place) -> tuple[str, ...]:
    """At least one."""
    if not place.value:
        place.refuse(
            "至少要有一个角色，如 [union.reviewer]。",
            "At least one role is needed, such as [union.reviewer].",
        )
        return ()
    found = [read_role(one) for one in place.items()]
    return tuple(dict.fromkeys(role for role in found if role is not None))
