"""Reserving, granting and releasing entitlements. Knows nothing of budgets and payments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.subsidy.entitlements.errors import AlreadyGranted
from services.subsidy.entitlements.model import Entitlement, EntitlementKeyRow, EntitlementState
from services.subsidy.entitlements.rules import EntitlementKey
from shared import audit
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id


@dataclass(frozen=True)
class EntitlementRequest:
    case_id: str
    person_ref: str
    scheme: str
    subject: str
    about: Mapping[str, Any]
    fund: str
    region: str
    budget_id: str
    amount_fen: int
    applied_on: date
    keys: Sequence[EntitlementKey]


def live_entitlement(session: Session, case_id: str) -> Entitlement | None:
    return session.scalars(
        select(Entitlement).where(
            Entitlement.case_id == case_id, Entitlement.state != EntitlementState.RELEASED
        )
    ).one_or_none()


def reserve_entitlement(session: Session, clock: Clock, request: EntitlementRequest) -> Entitlement:
    """The case's entitlement; the one it has already, if any. Raises AlreadyGranted, naming the
    earlier case; waits for a competing transaction to end before it answers."""
    existing = live_entitlement(session, request.case_id)
    if existing is not None:
        return existing
    entitlement = Entitlement(
        id=new_id(),
        case_id=request.case_id,
        person_ref=request.person_ref,
        scheme=request.scheme,
        subject=request.subject,
        about=dict(request.about),
        fund=request.fund,
        region=request.region,
        budget_id=request.budget_id,
        amount_fen=request.amount_fen,
        state=EntitlementState.RESERVED,
        applied_on=request.applied_on,
        reserved_at_utc=clock.now(),
    )
    session.add(entitlement)
    session.flush()
    _take_keys(session, entitlement, request.keys)
    return entitlement


def release_entitlement(
    session: Session, clock: Clock, actor: Actor, entitlement: Entitlement, reason: str
) -> None:
    """The explicit act that lets the person ask again. Audited with its reason."""
    entitlement.release(clock.now(), reason)
    session.execute(
        delete(EntitlementKeyRow).where(EntitlementKeyRow.entitlement_id == entitlement.id)
    )
    audit.record(
        session,
        at=clock.now(),
        actor=actor,
        action="entitlement_released",
        case_id=entitlement.case_id,
        facts={"entitlement_id": entitlement.id, "subject": entitlement.subject},
        reason=reason,
    )


def _take_keys(session: Session, entitlement: Entitlement, keys: Sequence[EntitlementKey]) -> None:
    rows = [
        {
            "person_ref": entitlement.person_ref,
            "exclusion": key.exclusion,
            "subject": key.subject,
            "entitlement_id": entitlement.id,
        }
        for key in sorted(keys, key=lambda key: (key.exclusion, key.subject))
    ]
    taken = session.execute(
        upsert(EntitlementKeyRow)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(EntitlementKeyRow.exclusion)
    ).all()
    if len(taken) < len(rows):
        raise AlreadyGranted(case=_holder(session, entitlement, keys))


def _holder(session: Session, entitlement: Entitlement, keys: Sequence[EntitlementKey]) -> str:
    wanted = [(key.exclusion, key.subject) for key in keys]
    case_id = session.scalars(
        select(Entitlement.case_id)
        .join(EntitlementKeyRow, EntitlementKeyRow.entitlement_id == Entitlement.id)
        .where(
            EntitlementKeyRow.person_ref == entitlement.person_ref,
            EntitlementKeyRow.entitlement_id != entitlement.id,
            tuple_(EntitlementKeyRow.exclusion, EntitlementKeyRow.subject).in_(wanted),
        )
        .order_by(Entitlement.reserved_at_utc)
        .limit(1)
    ).first()
    return case_id or "—"
