"""Planning and cancelling payments. What a bank says of them is in `reports`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.subsidy.batches.reducing import take_out
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LIVE, SENT, PaymentState
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id


@dataclass(frozen=True)
class Plan:
    """A payment to be: `account` of the payee; `replaces` the payment that it repairs."""

    entitlement: Entitlement
    payee_name: str
    account: str
    replaces: str | None = None


def plan_payments(session: Session, clock: Clock, plans: Sequence[Plan]) -> list[Payment]:
    """One each, of entitlements that have no live payment, in one statement."""
    payments = [_planned(clock, plan) for plan in plans]
    session.add_all(payments)
    session.flush()
    return payments


def live_payment(session: Session, entitlement_id: str) -> Payment | None:
    return session.scalars(
        select(Payment).where(Payment.entitlement_id == entitlement_id, Payment.state.in_(LIVE))
    ).one_or_none()


def money_is_under_way(session: Session, case_id: str) -> bool:
    """A payment of the case was instructed and has not come back."""
    found = exists().where(Payment.case_id == case_id, Payment.state.in_(SENT))
    return session.scalar(select(found)) is True


def cancel_planned(session: Session, clock: Clock, by: Actor, payment: Payment) -> None:
    """The claim ended before the money was allocated. A batch that asks for it asks for less."""
    take_out(session, clock, by, [payment.id])
    session.refresh(payment, ["batch_id"])
    payment.become(PaymentState.CANCELLED, clock.now())
    session.flush()


def _planned(clock: Clock, plan: Plan) -> Payment:
    identifier, entitlement = new_id(), plan.entitlement
    return Payment(
        id=identifier,
        entitlement_id=entitlement.id,
        case_id=entitlement.case_id,
        person_ref=entitlement.person_ref,
        payee_name=plan.payee_name,
        account=plan.account,
        amount_fen=entitlement.amount_fen,
        scheme=entitlement.scheme,
        region=entitlement.region,
        budget_id=entitlement.budget_id,
        state=PaymentState.PLANNED,
        end_to_end_id=end_to_end_id(identifier),
        replaces=plan.replaces,
        planned_at_utc=clock.now(),
        changed_at_utc=clock.now(),
    )


def end_to_end_id(payment_id: str) -> str:
    """ISO 20022 allows 35 characters: the payment's own id without its hyphens, marked."""
    return "P" + payment_id.replace("-", "")
