"""Taking payments out of a batch that was not allocated yet: it asks for less. The caller holds the
locks of the cases; here the batch is locked before its payments."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.subsidy.batches.model import BatchItem, PaymentBatch
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from shared import audit
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock


def take_out(session: Session, clock: Clock, by: Actor, payment_ids: Sequence[str]) -> list[str]:
    """The planned payments among these leave their batches and wait for another; what a batch
    asked for stays listed in it, marked. Answers the batches that ask for less now."""
    session.flush()
    changed = []
    batches = select(Payment.batch_id).where(Payment.id.in_(payment_ids)).distinct()
    for batch in session.scalars(
        select(PaymentBatch)
        .where(PaymentBatch.id.in_(batches))
        .order_by(PaymentBatch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        amounts = _leave(session, batch, payment_ids)
        if amounts:
            reduce_batch(session, clock, batch, amounts)
            _audit(session, clock, by, batch, len(amounts))
            changed.append(batch.id)
    return changed


def reduce_batch(
    session: Session, clock: Clock, batch: PaymentBatch, amounts: dict[str, int]
) -> None:
    """`amounts`: what each payment that leaves the locked batch would have cost, by its id."""
    batch.ask_for_less(len(amounts), sum(amounts.values()))
    session.execute(
        update(BatchItem)
        .where(BatchItem.batch_id == batch.id, BatchItem.payment_id.in_(amounts))
        .values(taken_out_at_utc=clock.now())
        .execution_options(synchronize_session=False)
    )


def _leave(session: Session, batch: PaymentBatch, payment_ids: Sequence[str]) -> dict[str, int]:
    leaving = session.execute(
        update(Payment)
        .where(
            Payment.id.in_(payment_ids),
            Payment.batch_id == batch.id,
            Payment.state == PaymentState.PLANNED,
        )
        .values(batch_id=None)
        .returning(Payment.id, Payment.amount_fen)
        .execution_options(synchronize_session="fetch")
    )
    return {row.id: row.amount_fen for row in leaving}


def _audit(session: Session, clock: Clock, by: Actor, batch: PaymentBatch, count: int) -> None:
    audit.record(
        session,
        at=clock.now(),
        actor=by,
        action="batch_reduced",
        case_id=None,
        facts={
            "batch_id": batch.id,
            "taken_out": count,
            "payments": batch.payments_count,
            "total_fen": batch.total_fen,
        },
    )
