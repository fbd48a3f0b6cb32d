"""Reserving, granting and releasing entitlements. Knows nothing of budgets and payments."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, text, tuple_
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
    """What a case asks for; which budget pays is found afterwards."""

    case_id: str
    person_ref: str
    scheme: str
    subject: str
    about: Mapping[str, Any]
    fund: str
    region: str
    amount_fen: int
    applied_on: date
    keys: Sequence[EntitlementKey]


def live_entitlement(session: Session, case_id: str) -> Entitlement | None:
    return session.scalars(
        select(Entitlement).where(
            Entitlement.case_id == case_id, Entitlement.state != EntitlementState.RELEASED
        )
    ).one_or_none()


def reserve_entitlements(
    session: Session, clock: Clock, requests: Sequence[tuple[EntitlementRequest, str]]
) -> tuple[list[Entitlement], dict[str, AlreadyGranted]]:
    """Of each request with its budget, in a few statements however many: the entitlements, and by
    case those whose thing another has, earlier or before them in the list. Waits for a competing
    transaction to end before it answers."""
    made = [_new(request, budget_id, clock) for request, budget_id in requests]
    session.add_all(made)
    session.flush()
    keys = {
        each.case_id: [_key_row(each, key) for key in request.keys]
        for each, (request, _) in zip(made, requests, strict=True)
    }
    taken = _take_keys(session, [row for rows in keys.values() for row in rows])
    lost = [each for each in made if taken[each.id] < len(keys[each.case_id])]
    session.execute(
        delete(EntitlementKeyRow).where(
            EntitlementKeyRow.entitlement_id.in_([each.id for each in lost])
        )
    )
    refused = {}
    for each in lost:  # some lost to one that is lost itself
        if _take_keys(session, keys[each.case_id])[each.id] < len(keys[each.case_id]):
            refused[each.case_id] = AlreadyGranted(case=_holder(session, keys[each.case_id]))
            _take_back(session, each)
    return [each for each in made if each.case_id not in refused], refused


def same_thing(one: type[Entitlement], other: type[Entitlement]) -> ColumnElement[bool]:
    """Condition on two of them, released ones too: one person's, for one thing."""
    shared = or_(one.id == other.id, one.keys.bool_op("&&")(other.keys))
    return (one.person_ref == other.person_ref) & shared


def lock_people(session: Session, person_refs: Iterable[str]) -> None:
    """Until the transaction ends nobody else plans money for these people, or hears that they were
    paid already. After cases and payments, before budgets."""
    session.execute(
        text(
            "SELECT pg_advisory_xact_lock(person) FROM (SELECT DISTINCT hashtextextended(ref, 0) "
            "AS person FROM unnest(CAST(:refs AS text[])) AS ref ORDER BY person) AS people"
        ),
        {"refs": sorted(set(person_refs))},
    )


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


def _new(request: EntitlementRequest, budget_id: str, clock: Clock) -> Entitlement:
    return Entitlement(
        id=new_id(),
        case_id=request.case_id,
        person_ref=request.person_ref,
        scheme=request.scheme,
        subject=request.subject,
        about=dict(request.about),
        keys=[str(key) for key in request.keys],
        fund=request.fund,
        region=request.region,
        budget_id=budget_id,
        amount_fen=request.amount_fen,
        state=EntitlementState.RESERVED,
        applied_on=request.applied_on,
        reserved_at_utc=clock.now(),
    )


def _key_row(entitlement: Entitlement, key: EntitlementKey) -> dict[str, str]:
    return {
        "person_ref": entitlement.person_ref,
        "exclusion": key.exclusion,
        "subject": key.subject,
        "entitlement_id": entitlement.id,
    }


def _take_keys(session: Session, rows: Sequence[dict[str, str]]) -> Counter[str]:
    """How many keys each entitlement got. In one order, so that two transactions cannot lock each
    other out; of two that ask for one key the first in the list has it."""
    if not rows:
        return Counter()
    ordered = sorted(rows, key=lambda row: (row["person_ref"], row["exclusion"], row["subject"]))
    return Counter(
        session.scalars(
            upsert(EntitlementKeyRow)
            .values(ordered)
            .on_conflict_do_nothing()
            .returning(EntitlementKeyRow.entitlement_id)
        )
    )


def _take_back(session: Session, entitlement: Entitlement) -> None:
    """Of this very transaction: nobody has seen it."""
    session.execute(
        delete(EntitlementKeyRow).where(EntitlementKeyRow.entitlement_id == entitlement.id)
    )
    session.delete(entitlement)
    session.flush()


def _holder(session: Session, rows: Sequence[dict[str, str]]) -> str:
    """The earliest case that has one of these keys."""
    key = (EntitlementKeyRow.person_ref, EntitlementKeyRow.exclusion, EntitlementKeyRow.subject)
    wanted = [(row["person_ref"], row["exclusion"], row["subject"]) for row in rows]
    case_id = session.scalars(
        select(Entitlement.case_id)
        .join(EntitlementKeyRow, EntitlementKeyRow.entitlement_id == Entitlement.id)
        .where(
            Entitlement.id.not_in([row["entitlement_id"] for row in rows]),
            tuple_(*key).in_(wanted),
        )
        .order_by(Entitlement.reserved_at_utc)
        .limit(1)
    ).first()
    return case_id or "—"
