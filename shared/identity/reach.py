"""Which regions a person's offices reach, as a condition on rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, true

from shared.kernel.actor import Actor
from shared.kernel.region import region_at


def within(
    actor: Actor,
    roles: Sequence[str],
    column: ColumnElement[str] | Any,
    *,
    widened_to: str | None = None,
) -> ColumnElement[bool]:
    """The rows whose region lies in that of one of the person's offices of `roles`, or in the
    region of level `widened_to` around it. An office without a region reaches all."""
    reached: list[ColumnElement[bool]] = []
    for membership in actor.memberships:
        if membership.role not in roles:
            continue
        if membership.region is None:
            return true()
        prefix = region_at(membership.region, widened_to) if widened_to else membership.region
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        reached.append(column.startswith(prefix, autoescape=True))
    return or_(*reached) if reached else ~true()
