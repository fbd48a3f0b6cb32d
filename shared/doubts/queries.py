"""What an office reads of the doubts of its regions; changes nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.doubts.model import Doubt
from shared.doubts.rules import Settlers
from shared.identity.reach import within
from shared.kernel.actor import Actor


def doubts_page(
    session: Session,
    settlers: Settlers,
    actor: Actor,
    *,
    after: str | None,
    limit: int,
    settled: bool,
) -> list[Doubt]:
    """Newest first; one more than `limit`. A person's own are not theirs to see here."""
    at = Doubt.settled_at_utc
    query = select(Doubt).where(
        within(actor, [settlers.role], Doubt.region, widened_to=settlers.widened_to),
        Doubt.person_ref != actor.person_ref,
        at.is_not(None) if settled else at.is_(None),
    )
    if after is not None:
        query = query.where(Doubt.id < after)
    return list(session.scalars(query.order_by(Doubt.id.desc()).limit(limit + 1)))


def doubts_about(session: Session, number: str) -> list[Doubt]:
    """Settled or not, oldest first."""
    return list(session.scalars(select(Doubt).where(Doubt.number == number).order_by(Doubt.id)))
