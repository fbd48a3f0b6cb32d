"""What the bank said of a thing is remembered: whatever is planned for it later is held, under the
same claim or another, until people have looked."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from services.subsidy.contradictions.handlers import Statement, record_contradictions
from services.subsidy.contradictions.model import Contradiction
from services.subsidy.contradictions.rules import (
    PAID_AGAINST_THE_RECORD,
    Consequence,
    Source,
)
from services.subsidy.entitlements.handlers import same_thing
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.model import Payment
from shared.kernel.actor import SYSTEM
from shared.kernel.clock import Clock
from shared.kernel.text import Text


def paid_already(
    session: Session, entitlement_ids: Collection[str]
) -> dict[str, list[Contradiction]]:
    """By entitlement, the open words of the bank that its thing was paid: of any payment for it."""
    own, same = aliased(Entitlement), aliased(Entitlement)
    rows = session.execute(
        select(own.id, Contradiction)
        .join(same, same_thing(own, same))
        .join(Payment, Payment.entitlement_id == same.id)
        .join(Contradiction, Contradiction.payment_id == Payment.id)
        .where(
            own.id.in_(entitlement_ids),
            Contradiction.source == Source.BANK,
            Contradiction.code.in_(PAID_AGAINST_THE_RECORD),
            Contradiction.settled_at_utc.is_(None),
        )
        .order_by(Contradiction.id)
    )
    found: dict[str, list[Contradiction]] = {}
    for entitlement_id, said in rows:
        found.setdefault(entitlement_id, []).append(said)
    return found


def hold_what_was_paid(session: Session, clock: Clock, planned: Sequence[Payment]) -> None:
    """The same is said of what was planned just now, so that no batch takes it."""
    session.flush()
    paid = paid_already(session, {each.entitlement_id for each in planned})
    statements = [
        _said_of(payment, said)
        for payment in planned
        for said in paid.get(payment.entitlement_id, ())
        if said.payment_id != payment.id
    ]
    record_contradictions(session, clock, SYSTEM, statements)


def _said_of(payment: Payment, said: Contradiction) -> Statement:
    return Statement(
        payment_id=payment.id,
        case_id=payment.case_id,
        source=Source.BANK,
        code=said.code,
        about=said.about,
        says=Text(said.zh, said.en),
        consequence=Consequence.HOLD,
        facts=said.facts,
    )
