"""Raising doubts, lifting those whose cause is gone, and settling them. The caller of the first two
holds the lock of the case that is judged."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.errors import OwnCase
from shared.audit import Deed
from shared.doubts.errors import DoubtNotFound
from shared.doubts.model import Doubt
from shared.doubts.rules import Settlers
from shared.identity.reach import within
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id

LIFTED = "重新核验后条件已满足 / met when it was checked again"


@dataclass(frozen=True)
class Doubted:
    """What is in doubt and why. See `Doubt`."""

    number: str
    case_id: str
    person_ref: str
    region: str
    cause: str
    zh: str
    en: str


def raise_doubts(session: Session, clock: Clock, doubted: Sequence[Doubted]) -> None:
    """Keep each and audit it in its case; one that stands open already changes nothing."""
    if not doubted:
        return
    session.flush()
    now = clock.now()
    rows = [{**asdict(each), "id": new_id(), "raised_at_utc": now} for each in doubted]
    new = session.execute(
        insert(Doubt)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(Doubt.case_id, Doubt.number, Doubt.cause)
    )
    deeds = [
        Deed(now, SYSTEM, "doubt_raised", case_id, {"number": number, "cause": cause})
        for case_id, number, cause in new
    ]
    audit.record_many(session, deeds)


def lift_doubts(session: Session, clock: Clock, number: str, causes: Collection[str]) -> None:
    """What spoke against it is not so any more."""
    _settle(
        session,
        clock,
        [each for each in _open(session, number) if each.cause in causes],
        LIFTED,
        SYSTEM,
    )


def settle_doubts(session: Session, clock: Clock, number: str, reason: str, by: Actor) -> None:
    """It was taken back: nothing about it is in doubt any more."""
    _settle(session, clock, _open(session, number), reason, by)


def let_stand(
    session: Session, clock: Clock, settlers: Settlers, doubt_id: str, reason: str, by: Actor
) -> Doubt:
    """The office has looked into it and takes nothing back. Raises DoubtNotFound, OwnCase,
    DoubtSettled, DoubtReasonMissing."""
    reached = within(by, [settlers.role], Doubt.region, widened_to=settlers.widened_to)
    found = session.scalars(
        select(Doubt).where(Doubt.id == doubt_id, reached).with_for_update()
    ).one_or_none()
    if found is None:
        raise DoubtNotFound(doubt=doubt_id)
    if found.person_ref == by.person_ref:
        raise OwnCase(case=found.case_id)
    _settle(session, clock, [found], reason, by)
    return found


def _open(session: Session, number: str) -> Sequence[Doubt]:
    return session.scalars(
        select(Doubt)
        .where(Doubt.number == number, Doubt.settled_at_utc.is_(None))
        .order_by(Doubt.id)
        .with_for_update()
    ).all()


def _settle(
    session: Session, clock: Clock, doubts: Sequence[Doubt], reason: str, by: Actor
) -> None:
    now = clock.now()
    for each in doubts:
        each.settle(by, now, reason)
    deeds = [
        Deed(
            now,
            by,
            "doubt_settled",
            each.case_id,
            {"number": each.number, "cause": each.cause},
            reason.strip(),
        )
        for each in doubts
    ]
    audit.record_many(session, deeds)
