"""Recording what speaks against payments, and settling it. The caller holds the locks of the cases
and payments (cases, batch, payments, budgets), and bumps the case where it writes to the outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.subsidy.contradictions.errors import PaymentHeld
from services.subsidy.contradictions.model import Contradiction
from services.subsidy.contradictions.rules import Consequence, Source
from services.subsidy.payments.model import Payment
from shared import audit
from shared.audit import Deed
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id
from shared.kernel.text import Text


@dataclass(frozen=True)
class Statement:
    """What was said against a payment. See `Contradiction` for `code`, `about` and `facts`."""

    payment_id: str
    case_id: str
    source: Source
    code: str
    about: str
    says: Text
    consequence: Consequence
    facts: Mapping[str, Any] = field(default_factory=dict)


def record_contradictions(
    session: Session, clock: Clock, by: Actor, statements: Sequence[Statement]
) -> list[Contradiction]:
    """Keep each statement and audit it; answers those that are new. One that stands open already
    (same payment, code and `about`) changes nothing."""
    if not statements:
        return []
    session.flush()
    now = clock.now()
    ids = session.scalars(
        insert(Contradiction)
        .values([_row(each) | {"recorded_at_utc": now} for each in statements])
        .on_conflict_do_nothing()
        .returning(Contradiction.id)
    ).all()
    recorded = session.scalars(
        select(Contradiction).where(Contradiction.id.in_(ids)).order_by(Contradiction.id)
    ).all()
    audit.record_many(
        session,
        [Deed(now, by, "contradiction_recorded", each.case_id, _facts(each)) for each in recorded],
    )
    return list(recorded)


def open_holds(session: Session, payment_ids: Iterable[str]) -> dict[str, Contradiction]:
    """The first open HOLD of each of these payments that has one, by payment id."""
    rows = session.scalars(
        select(Contradiction)
        .where(
            Contradiction.payment_id.in_(list(payment_ids)),
            Contradiction.consequence == Consequence.HOLD,
            Contradiction.settled_at_utc.is_(None),
        )
        .order_by(Contradiction.id.desc())
    )
    return {row.payment_id: row for row in rows}


def is_held() -> ColumnElement[bool]:
    """Condition on `payments`: an open HOLD stands against it."""
    return exists().where(
        Contradiction.payment_id == Payment.id,
        Contradiction.consequence == Consequence.HOLD,
        Contradiction.settled_at_utc.is_(None),
    )


def open_contradictions(session: Session, payment_ids: Iterable[str]) -> list[Contradiction]:
    """Everything open against these payments, whatever follows from it."""
    return list(
        session.scalars(
            select(Contradiction)
            .where(
                Contradiction.payment_id.in_(list(payment_ids)),
                Contradiction.settled_at_utc.is_(None),
            )
            .order_by(Contradiction.id)
        )
    )


def ensure_not_held(session: Session, payment_ids: Iterable[str]) -> None:
    """Raises PaymentHeld, naming the case and what was said."""
    for held in open_holds(session, payment_ids).values():
        raise held_by(held)


def held_by(contradiction: Contradiction, **place: Any) -> PaymentHeld:
    said = Text(contradiction.zh, contradiction.en)
    return PaymentHeld(case=contradiction.case_id, why=said, **place)


def settle_contradictions(
    session: Session, clock: Clock, by: Actor, contradictions: Sequence[Contradiction], reason: str
) -> None:
    """A person looked into them, or what was said no longer holds (`by` SYSTEM). The rows stay.
    Raises ContradictionSettled, SettlementReasonRequired."""
    now = clock.now()
    for each in contradictions:
        each.settle(by, now, reason)
    audit.record_many(
        session,
        [
            Deed(now, by, "contradiction_settled", each.case_id, _facts(each), each.settled_reason)
            for each in contradictions
        ],
    )


def _row(statement: Statement) -> dict[str, Any]:
    return {
        "id": new_id(),
        "payment_id": statement.payment_id,
        "case_id": statement.case_id,
        "source": str(statement.source),
        "code": statement.code,
        "about": statement.about,
        "facts": dict(statement.facts),
        "zh": statement.says.zh,
        "en": statement.says.en,
        "consequence": str(statement.consequence),
    }


def _facts(contradiction: Contradiction) -> dict[str, Any]:
    return {
        "contradiction_id": contradiction.id,
        "payment_id": contradiction.payment_id,
        "source": contradiction.source,
        "code": contradiction.code,
        "about": contradiction.about,
        "consequence": contradiction.consequence,
    }
