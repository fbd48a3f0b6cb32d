"""What was done in a case, by whom, when and why, as the audit has it. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.approvals.office import CaseOffice
from shared.approvals.step_model import CaseStep, StepStatus
from shared.approvals.telling import told
from shared.audit.model import AuditEntry
from shared.kernel.text import Text


@dataclass(frozen=True)
class TimelineEntry:
    """`says` tells the facts in words, where they are more than the name of the deed."""

    at_utc: datetime
    action: str
    actor_name: str
    reason: str | None
    facts: dict[str, Any]
    says: Text | None


def timeline(session: Session, office: CaseOffice, case_id: str) -> list[TimelineEntry]:
    """The case's audit entries, oldest first. What an expert wrote is shown only once the panel is
    complete, so that no score leans on another."""
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.case_id == case_id).order_by(AuditEntry.id)
    )
    scoring = set(
        session.scalars(
            select(CaseStep.key).where(
                CaseStep.case_id == case_id,
                CaseStep.kind == "panel",
                CaseStep.status == StepStatus.OPEN,
            )
        )
    )
    return [
        TimelineEntry(
            at_utc=entry.at_utc,
            action=entry.action,
            actor_name=entry.actor_name,
            reason=None if entry.facts.get("step") in scoring else entry.reason,
            facts=entry.facts,
            says=told(entry.action, entry.facts, office.effects.tells),
        )
        for entry in entries
    ]
