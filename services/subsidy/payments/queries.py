"""What a person may see of payments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from services.subsidy.budgets.rules import budget_year
from services.subsidy.entitlements.model import Entitlement, EntitlementState
from services.subsidy.payments.errors import PaymentNotFound
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import SENT
from services.subsidy.regions import sees
from services.subsidy.repairs.model import PaymentRepair
from services.subsidy.reports.model import PaymentReport
from shared.kernel.actor import Actor
from shared.kernel.bank_account import mask_account

READERS = (
    "bureau.officer",
    "bureau.rechecker",
    "bureau.leader",
    "bureau.payment_maker",
    "bureau.payment_approver",
    "finance_bureau.officer",
    "finance.system",
    "auditor",
)


def visible_payment(session: Session, payment_id: str, actor: Actor) -> Payment:
    payment = session.get(Payment, payment_id)
    if payment is None or not _visible(payment, actor):
        raise PaymentNotFound(payment=payment_id)
    return payment


def payments_of_case(session: Session, case_id: str, actor: Actor) -> list[Payment]:
    rows = session.scalars(select(Payment).where(Payment.case_id == case_id).order_by(Payment.id))
    return [payment for payment in rows if _visible(payment, actor)]


def payment_view(
    payment: Payment,
    repair: PaymentRepair | None,
    contradictions: Sequence[dict[str, Any]] = (),
    reports: Sequence[PaymentReport] = (),
) -> dict[str, Any]:
    view = {
        name: getattr(payment, name)
        for name in (
            "id",
            "case_id",
            "entitlement_id",
            "batch_id",
            "scheme",
            "region",
            "amount_fen",
            "state",
            "reason_code",
            "end_to_end_id",
            "replaces",
            "payee_name",
            "planned_at_utc",
            "changed_at_utc",
        )
    }
    return {
        **view,
        "currency": "CNY",
        "budget_year": budget_year(payment.budget_id),
        "account_masked": mask_account(payment.account),
        "repair": None if repair is None else repair_view(repair),
        "contradictions": list(contradictions),
        "reports": list(reports),
    }


def repair_view(repair: PaymentRepair) -> dict[str, Any]:
    return {
        "id": repair.id,
        "case_id": repair.case_id,
        "payment_id": repair.payment_id,
        "state": repair.state,
        "account_masked": mask_account(repair.account),
        "proposed_at_utc": repair.proposed_at_utc,
        "decided_by_name": repair.decided_by_name,
        "decided_at_utc": repair.decided_at_utc,
        "reason": repair.reason,
        "new_payment_id": repair.new_payment_id,
    }


def latest_repairs(session: Session, payments: Sequence[Payment]) -> dict[str, PaymentRepair]:
    rows = session.scalars(
        select(PaymentRepair)
        .where(PaymentRepair.payment_id.in_([payment.id for payment in payments]))
        .order_by(PaymentRepair.id)
    )
    return {str(repair.payment_id): repair for repair in rows}


def latest_correction(session: Session, case_id: str) -> PaymentRepair | None:
    """Of the account of a claim that waited for its money."""
    return session.scalars(
        select(PaymentRepair)
        .where(PaymentRepair.case_id == case_id, PaymentRepair.payment_id.is_(None))
        .order_by(PaymentRepair.id.desc())
        .limit(1)
    ).first()


def holds_money_of(budgets: ColumnElement[bool]) -> ColumnElement[bool]:
    """Condition on `entitlements`: its money is reserved in one of these budgets, neither sent nor
    given back. `budgets` is a condition on `Entitlement.budget_id`."""
    sent = exists().where(Payment.entitlement_id == Entitlement.id, Payment.state.in_(SENT))
    return and_(budgets, Entitlement.state != EntitlementState.RELEASED, ~sent)


def _visible(payment: Payment, actor: Actor) -> bool:
    return payment.person_ref == actor.person_ref or sees(actor, READERS, payment.region)
