"""Another account for what a claim is paid: the payee gives it and an officer confirms it. What was
not sent yet (a planned payment, a claim that waits for its money) is corrected; what the bank
refused or sent back is replaced under the same entitlement, and never sent again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.batches.reducing import take_out
from services.subsidy.claims.accounts import account_field, given_account, keep_account
from services.subsidy.claims.errors import AccountMissing, FundsInOrder
from services.subsidy.claims.model import ClaimFunding, FundingState
from services.subsidy.contradictions.grounds import ensure_may_be_repaired
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.errors import AlreadyReplaced, PaymentNotFound
from services.subsidy.payments.handlers import Plan, live_payment, plan_payments
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.regions import ensure_office
from services.subsidy.repairs.errors import (
    NothingWaits,
    NotThePayee,
    OwnRepair,
    RefusalReasonRequired,
    RepairNotOpen,
    SameAccount,
)
from services.subsidy.repairs.model import PaymentRepair, RepairState
from shared import audit
from shared.approvals.loading import locked_case, procedure_of
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
    """For a payment that failed, what it rests on is checked again; one that is planned leaves its
    batch until the account is decided. Raises NotThePayee, NothingToRepair, SameAccount,
    RepairWaiting, AlreadyReplaced."""
    payment = _visible_to_payee(session, payment_id, by)
    take_out(session, office.clock, by, [payment.id])  # cases, batch, payments: never otherwise
    payment = _locked(session, payment_id)
    if payment.state != PaymentState.PLANNED:
        _ensure_repairable(session, office, payment)
    number = parse_bank_account(account, field="account")
    if number == payment.account and payment.reason_code != NOT_BOOKED:
        raise SameAccount(field="account")
    return _propose(session, office.clock, payment.case_id, payment.id, number, by)


def propose_correction(
    session: Session, office: CaseOffice, case_id: str, account: str, by: Actor
) -> PaymentRepair:
    """For a claim that waits for its money. Raises NotThePayee, NothingWaits, SameAccount,
    RepairWaiting."""
    case = locked_case(session, case_id)
    if case.subject_ref != by.person_ref:
        raise NotThePayee()
    _ensure_waiting(session, case)
    number = parse_bank_account(account, field="account")
    if number == given_account(case, procedure_of(session, office, case)):
        raise SameAccount(field="account")
    return _propose(session, office.clock, case.id, None, number, by)


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
    payment = _locked(session, payment_id)
    ensure_office(office.directory, by, OFFICER, payment.region)
    case = session.get_one(Case, payment.case_id)
    return _decide(session, office, case, payment, confirmed=confirmed, reason=reason, by=by)


def decide_correction(
    session: Session,
    office: CaseOffice,
    case_id: str,
    *,
    confirmed: bool,
    reason: str,
    by: Actor,
) -> PaymentRepair:
    """As `decide_repair`, of the account of a claim that waited for its money when it was given."""
    case = locked_case(session, case_id)
    funding = session.get(ClaimFunding, case_id)
    ensure_office(office.directory, by, OFFICER, case.region if funding is None else funding.region)
    return _decide(session, office, case, None, confirmed=confirmed, reason=reason, by=by)


def end_repairs(session: Session, clock: Clock, by: Actor, case_id: str, reason: str) -> None:
    """The claim ends: nobody confirms an account any more that nothing is paid to."""
    for repair in session.scalars(
        select(PaymentRepair)
        .where(PaymentRepair.case_id == case_id, PaymentRepair.state == RepairState.PROPOSED)
        .order_by(PaymentRepair.id)
    ):
        repair.lapse(by, clock.now(), reason)
        _audit(session, clock, by, repair, "repair_lapsed", reason)


def _propose(
    session: Session, clock: Clock, case_id: str, payment_id: str | None, account: str, by: Actor
) -> PaymentRepair:
    repair = PaymentRepair(
        id=new_id(),
        case_id=case_id,
        payment_id=payment_id,
        account=account,
        state=RepairState.PROPOSED,
        proposed_by=by.person_ref,
        proposed_at_utc=clock.now(),
    )
    session.add(repair)
    session.flush()
    _audit(session, clock, by, repair, "repair_proposed")
    return repair


def _decide(
    session: Session,
    office: CaseOffice,
    case: Case,
    payment: Payment | None,
    *,
    confirmed: bool,
    reason: str,
    by: Actor,
) -> PaymentRepair:
    clock = office.clock
    if by.person_ref == case.subject_ref:
        raise OwnRepair()
    repair = session.scalars(
        select(PaymentRepair).where(
            PaymentRepair.case_id == case.id, PaymentRepair.state == RepairState.PROPOSED
        )
    ).one_or_none()
    # given while the claim waited, it is decided on the payment that was planned since as well
    if repair is None or repair.payment_id not in (None, None if payment is None else payment.id):
        raise RepairNotOpen()
    if not confirmed:
        if not reason.strip():
            raise RefusalReasonRequired(field="reason")
        repair.refuse(by, clock.now(), reason.strip())
        _audit(session, clock, by, repair, "repair_refused", reason.strip())
        return repair
    replacement = None
    if payment is None or payment.state == PaymentState.PLANNED:
        _correct(session, office, case, repair)
    else:
        replacement = _replace(session, office, payment, repair).id
    repair.confirm(by, clock.now(), replacement)
    _audit(session, clock, by, repair, "repair_confirmed")
    return repair


def _correct(session: Session, office: CaseOffice, case: Case, repair: PaymentRepair) -> None:
    """Nothing was sent: the claim has the account from now on, and its planned payment too, which
    may have been planned while the account waited."""
    keep_account(case, account_field(procedure_of(session, office, case)), repair.account)
    case.touch(office.clock.now())
    funding = session.get(ClaimFunding, case.id)
    if funding is not None and funding.problem_code == AccountMissing.code:
        funding.wait(office.clock.now(), FundsInOrder(case=case.id))  # its turn comes again
    for payment in session.scalars(
        select(Payment)
        .where(Payment.case_id == case.id, Payment.state == PaymentState.PLANNED)
        .with_for_update()
    ):
        payment.pay_to(repair.account)


def _ensure_waiting(session: Session, case: Case) -> None:
    funding = session.get(ClaimFunding, case.id)
    if funding is None or funding.state != FundingState.WAITING:
        raise NothingWaits(case=case.id)


def _replace(
    session: Session, office: CaseOffice, payment: Payment, repair: PaymentRepair
) -> Payment:
    _ensure_repairable(session, office, payment)
    entitlement = session.get_one(Entitlement, payment.entitlement_id)
    plan = Plan(entitlement, payment.payee_name, repair.account, replaces=payment.id)
    [replacement] = plan_payments(session, office.clock, [plan])
    return replacement


def _ensure_repairable(session: Session, office: CaseOffice, payment: Payment) -> None:
    payment.ensure_repairable()
    if live_payment(session, payment.entitlement_id) is not None:
        raise AlreadyReplaced()
    ensure_may_be_repaired(session, office, payment)


def _visible_to_payee(session: Session, payment_id: str, by: Actor) -> Payment:
    """With its case locked, not yet itself. Raises PaymentNotFound, NotThePayee."""
    case_id = session.scalar(select(Payment.case_id).where(Payment.id == payment_id))
    session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise PaymentNotFound(payment=payment_id)
    if payment.person_ref != by.person_ref:
        raise NotThePayee()
    return payment


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
    repair: PaymentRepair,
    action: str,
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        at=clock.now(),
        actor=by,
        action=action,
        case_id=repair.case_id,
        facts={"payment_id": repair.payment_id, "replacement": repair.new_payment_id},
        reason=reason,
    )
