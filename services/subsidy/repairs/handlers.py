"""Repairing a payment that the bank refused or sent back: another account, confirmed by an
officer, makes another payment under the same entitlement. The first is never sent again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.contradictions.grounds import ensure_may_be_repaired
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.errors import AlreadyReplaced, PaymentNotFound
from services.subsidy.payments.handlers import Plan, live_payment, plan_payments
from services.subsidy.payments.model import Payment
from services.subsidy.regions import ensure_office
from services.subsidy.repairs.errors import (
    NotThePayee,
    OwnRepair,
    RefusalReasonRequired,
    RepairNotOpen,
    SameAccount,
)
from services.subsidy.repairs.model import PaymentRepair, RepairState
from shared import audit
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.bank_account import parse_bank_account
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id

OFFICER = "bureau.officer"
# The bank never booked it (domain of the finance system): nothing is wrong with the account.
NOT_BOOKED = "NOT_BOOKED"


def propose_repair(
    session: Session, office: CaseOffice, payment_id: str, account: str, by: Actor
) -> PaymentRepair:
    """The payee gives another account of their own. What the payment rests on is checked again."""
    payment, clock = _locked(session, payment_id), office.clock
    if payment.person_ref != by.person_ref:
        raise NotThePayee()
    payment.ensure_repairable()
    _ensure_not_replaced(session, payment)
    ensure_may_be_repaired(session, office, payment)
    number = parse_bank_account(account, field="account")
    if number == payment.account and payment.reason_code != NOT_BOOKED:
        raise SameAccount(field="account")
    repair = PaymentRepair(
        id=new_id(),
        payment_id=payment.id,
        account=number,
        state=RepairState.PROPOSED,
        proposed_by=by.person_ref,
        proposed_at_utc=clock.now(),
    )
    session.add(repair)
    session.flush()
    _audit(session, clock, by, payment, "repair_proposed")
    return repair


def decide_repair(
    session: Session,
    office: CaseOffice,
    payment_id: str,
    *,
    confirmed: bool,
    reason: str,
    by: Actor,
) -> PaymentRepair:
    """An officer of the payment's region, not the payee, confirms or refuses the account."""
    payment, clock = _locked(session, payment_id), office.clock
    ensure_office(by, OFFICER, payment.region)
    if by.person_ref == payment.person_ref:
        raise OwnRepair()
    repair = session.scalars(
        select(PaymentRepair).where(
            PaymentRepair.payment_id == payment_id, PaymentRepair.state == RepairState.PROPOSED
        )
    ).one_or_none()
    if repair is None:
        raise RepairNotOpen()
    if not confirmed:
        if not reason.strip():
            raise RefusalReasonRequired(field="reason")
        repair.refuse(by, clock.now(), reason.strip())
        _audit(session, clock, by, payment, "repair_refused", reason.strip())
        return repair
    replacement = _replace(session, office, payment, repair)
    repair.confirm(by, clock.now(), replacement.id)
    _audit(session, clock, by, payment, "repair_confirmed", replacement=replacement.id)
    return repair


def end_repairs(
    session: Session, clock: Clock, by: Actor, entitlement_id: str, reason: str
) -> None:
    """Their entitlement ends: nobody confirms an account any more that nothing is paid to."""
    rows = session.execute(
        select(PaymentRepair, Payment)
        .join(Payment, Payment.id == PaymentRepair.payment_id)
        .where(
            Payment.entitlement_id == entitlement_id, PaymentRepair.state == RepairState.PROPOSED
        )
        .order_by(PaymentRepair.id)
    )
    for repair, payment in rows:
        repair.lapse(by, clock.now(), reason)
        _audit(session, clock, by, payment, "repair_lapsed", reason)


def _replace(
    session: Session, office: CaseOffice, payment: Payment, repair: PaymentRepair
) -> Payment:
    payment.ensure_repairable()
    _ensure_not_replaced(session, payment)
    ensure_may_be_repaired(session, office, payment)
    entitlement = session.get_one(Entitlement, payment.entitlement_id)
    plan = Plan(entitlement, payment.payee_name, repair.account, replaces=payment.id)
    [replacement] = plan_payments(session, office.clock, [plan])
    return replacement


def _ensure_not_replaced(session: Session, payment: Payment) -> None:
    if live_payment(session, payment.entitlement_id) is not None:
        raise AlreadyReplaced()


def _locked(session: Session, payment_id: str) -> Payment:
    """After its case, as everywhere."""
    case_id = session.scalar(select(Payment.case_id).where(Payment.id == payment_id))
    session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
    payment = session.scalars(
        select(Payment)
        .where(Payment.id == payment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if payment is None:
        raise PaymentNotFound(payment=payment_id)
    return payment


def _audit(
    session: Session,
    clock: Clock,
    by: Actor,
    payment: Payment,
    action: str,
    reason: str | None = None,
    replacement: str | None = None,
) -> None:
    audit.record(
        session,
        at=clock.now(),
        actor=by,
        action=action,
        case_id=payment.case_id,
        facts={"payment_id": payment.id, "replacement": replacement},
        reason=reason,
    )
