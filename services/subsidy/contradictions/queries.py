"""What people may see of contradictions: beside their payment, and in the list of the offices."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.contradictions.errors import ContradictionNotFound
from services.subsidy.contradictions.model import Contradiction
from services.subsidy.payments.model import Payment
from services.subsidy.payments.queries import READERS
from shared.identity.reach import within
from shared.kernel.actor import Actor

LIMIT = 200


def contradictions_page(
    session: Session, actor: Actor, *, after: str | None, limit: int, settled: bool
) -> list[Contradiction]:
    """Of the actor's regions, newest first; one more than `limit`."""
    query = (
        select(Contradiction)
        .join(Payment, Payment.id == Contradiction.payment_id)
        .where(within(actor, READERS, Payment.region))
    )
    at = Contradiction.settled_at_utc
    query = query.where(at.is_not(None) if settled else at.is_(None))
    if after is not None:
        query = query.where(Contradiction.id < after)
    return list(session.scalars(query.order_by(Contradiction.id.desc()).limit(limit + 1)))


def visible_contradiction(
    session: Session, contradiction_id: str, actor: Actor
) -> tuple[Contradiction, Payment]:
    """With its payment. Raises ContradictionNotFound."""
    found = session.execute(
        select(Contradiction, Payment)
        .join(Payment, Payment.id == Contradiction.payment_id)
        .where(Contradiction.id == contradiction_id, within(actor, READERS, Payment.region))
    ).first()
    if found is None:
        raise ContradictionNotFound(contradiction=contradiction_id)
    contradiction, payment = found
    return contradiction, payment


def contradictions_of(
    session: Session, payment_ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Everything said against these payments, settled or not, oldest first, by payment."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.scalars(
        select(Contradiction)
        .where(Contradiction.payment_id.in_(payment_ids))
        .order_by(Contradiction.id)
    ):
        found.setdefault(row.payment_id, []).append(contradiction_view(row))
    return found


def contradiction_view(row: Contradiction) -> dict[str, Any]:
    names = (
        "id",
        "payment_id",
        "case_id",
        "source",
        "code",
        "about",
        "facts",
        "consequence",
        "recorded_at_utc",
        "settled_by_name",
        "settled_at_utc",
        "settled_reason",
    )
    view = {name: getattr(row, name) for name in names}
    return {**view, "says": {"zh": row.zh, "en": row.en}, "open": row.settled_at_utc is None}
