"""Planning and cancelling payments. What a bank says of them is in `reports`."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.subsidy.batches.model import PaymentBatch
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LIVE, PaymentState
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id


def plan_payment(
    session: Session,
    clock: Clock,
    entitlement: Entitlement,
    *,
    payee_name: str,
    account: str,
    replaces: str | None = None,
) -> Payment:
    """The one live payment of the entitlement; the one it has already, if any."""
    existing = live_payment(session, entitlement.id)
    if existing is not None:
        return existing
    identifier = new_id()
    payment = Payment(
        id=identifier,
        entitlement_id=entitlement.id,
        case_id=entitlement.case_id,
        person_ref=entitlement.person_ref,
        payee_name=payee_name,
        account=account,
        amount_fen=entitlement.amount_fen,
        scheme=entitlement.scheme,
        region=entitlement.region,
        budget_id=entitlement.budget_id,
        state=PaymentState.PLANNED,
        end_to_end_id=end_to_end_id(identifier),
        replaces=replaces,
        planned_at_utc=clock.now(),
        changed_at_utc=clock.now(),
    )
    session.add(payment)
    session.flush()
    return payment


def live_payment(session: Session, entitlement_id: str) -> Payment | None:
    return session.scalars(
        select(Payment).where(Payment.entitlement_id == entitlement_id, Payment.state.in_(LIVE))
    ).one_or_none()


def cancel_planned(session: Session, clock: Clock, payment: Payment) -> None:
    """The claim ended before the money was allocated. A batch that asks for it asks for less."""
    payment.become(PaymentState.CANCELLED, clock.now())
    if payment.batch_id is not None:
        session.execute(
            update(PaymentBatch)
            .where(PaymentBatch.id == payment.batch_id)
            .values(
                payments_count=PaymentBatch.payments_count - 1,
                total_fen=PaymentBatch.total_fen - payment.amount_fen,
                version=PaymentBatch.version + 1,
            )
            .execution_options(synchronize_session=False)
        )


def end_to_end_id(payment_id: str) -> str:
    """ISO 20022 allows 35 characters: the payment's own id without its hyphens, marked."""
    return "P" + payment_id.replace("-", "")
