"""Roles: a word, or two joined by a dot (union.reviewer)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from shared.procedures.capabilities import KNOWN_ROLES
from shared.procedures.reading.place import Place, listed

_SHAPE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)?")
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
    known = place.report.roles or KNOWN_ROLES
    if role is not None and role not in known:
        close = listed(_nearest_roles(role, known))
        place.doubt(
            f"没有角色 {role}，办件会停在这里。相近的角色：{close}；全部角色见 "
            "shared/procedures/README.md，另设的角色要先写入 directory（单位目录）。",
            f"There is no role {role}: cases would stop here. The nearest: {close}; "
            "shared/procedures/README.md lists them all, and a role of your own must be in the "
            "directory of offices first.",
        )
    return role


def _nearest_roles(role: str, known: Sequence[str]) -> list[str]:
    family = [one for one in known if one.split(".")[0] == role.split(".")[0]]
    close = difflib.get_close_matches(role, known, n=3, cutoff=0.5)
    return list(dict.fromkeys([*close, *family]))[:4] or list(known[:4])


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
