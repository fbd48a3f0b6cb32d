"""Writing audit entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from shared.audit.model import AuditEntry
from shared.kernel.actor import Actor


def record(
    session: Session,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    case_id: str | None,
    facts: dict[str, Any],
    reason: str | None = None,
) -> AuditEntry:
    """Adds an entry to the unit of work: it exists if and only if the deed does."""
    entry = AuditEntry(
        at_utc=at,
        actor_ref=actor.person_ref,
        actor_name=actor.name,
        action=action,
        case_id=case_id,
        reason=reason,
        facts=facts,
    )
    session.add(entry)
    return entry
