"""Writing audit entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from shared.audit.model import AuditEntry
from shared.kernel.actor import Actor
from shared.persistence import insert_rows

_ENTRIES = cast(Table, AuditEntry.__table__)


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, by whom and why. `facts` hold no personal data; `case_id` is None for a deed
    that concerns no case, or many."""

    at: datetime
    actor: Actor
    action: str
    case_id: str | None
    facts: dict[str, Any]
    reason: str | None = None


def record(
    session: Session,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    case_id: str | None,
    facts: dict[str, Any],
    reason: str | None = None,
) -> None:
    """Writes an entry: it exists if and only if the deed does."""
    record_many(session, [Deed(at, actor, action, case_id, facts, reason)])


def record_many(session: Session, deeds: Iterable[Deed]) -> None:
    """In the order given, in one statement."""
    insert_rows(session, _ENTRIES, [_row(deed) for deed in deeds])


def _row(deed: Deed) -> dict[str, Any]:
    return {
        "at_utc": deed.at,
        "actor_ref": deed.actor.person_ref,
        "actor_name": deed.actor.name,
        "action": deed.action,
        "case_id": deed.case_id,
        "reason": deed.reason,
        "facts": deed.facts,
    }
