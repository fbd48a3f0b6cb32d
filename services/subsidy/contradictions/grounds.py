"""What every payment rests on, checked again by whatever plans, batches, approves or sends it: a
live entitlement, a case that stands, findings that hold, and no open hold."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from services.subsidy.contradictions.errors import PaymentHeld
from services.subsidy.contradictions.handlers import held_by, open_holds
from services.subsidy.contradictions.remembering import paid_already
from services.subsidy.credentials.queries import ensure_evidence_stands
from services.subsidy.entitlements.errors import EntitlementNotOpen
from services.subsidy.entitlements.model import Entitlement, EntitlementState
from services.subsidy.payments.model import Payment
from services.subsidy.repairs.model import PaymentRepair, RepairState
from shared.approvals.barring import refused_for
from shared.approvals.errors import CaseNotOpen
from shared.approvals.findings import judge_anew
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseFinding, CaseStatus
from shared.approvals.office import CaseOffice
from shared.kernel.text import Text

_ENDED = (CaseStatus.REFUSED, CaseStatus.WITHDRAWN)
_OFFICER_SAYS = Text(
    "申请由单位经办人为单位提出，不得付给经办人。",
    "An officer applied for an organisation: the officer is not paid in its place.",
)
_ACCOUNT_SAYS = Text(
    "收款人提出更换账户，等待经办人确认。",
    "The payee has given another account, which an officer has to confirm.",
)
_ENDED_SAYS = Text("补贴资格已撤销或申请已终止。", "Its entitlement or its case has ended.")


def held_payments(session: Session, payment_ids: Sequence[str]) -> dict[str, PaymentHeld]:
    """By payment id, why it may not be paid now. Five queries, however many payments."""
    found = {
        payment_id: PaymentHeld(case=case_id, why=Text(zh, en))
        for payment_id, case_id, zh, en in session.execute(
            select(Payment.id, Payment.case_id, CaseFinding.zh, CaseFinding.en)
            .join(Case, Case.id == Payment.case_id)
            .join(CaseFinding, CaseFinding.case_id == Case.id)
            .where(
                Payment.id.in_(payment_ids),
                Case.status == CaseStatus.IN_PROGRESS,
                CaseFinding.passed.is_not(True),
            )
        )
    }
    found |= {
        payment_id: PaymentHeld(case=case_id, why=_ACCOUNT_SAYS)
        for payment_id, case_id in session.execute(
            select(Payment.id, Payment.case_id).where(
                Payment.id.in_(payment_ids), waits_for_an_account()
            )
        )
    }
    found |= {id: held_by(held) for id, held in open_holds(session, payment_ids).items()}
    for payment_id, case_id in session.execute(
        select(Payment.id, Payment.case_id)
        .join(Case, Case.id == Payment.case_id)
        .where(
            Payment.id.in_(payment_ids),
            Case.organisation.is_not(None),
            Case.subject_ref == Case.applicant_ref,
        )
    ):
        found[payment_id] = PaymentHeld(case=case_id, why=_OFFICER_SAYS)
    for payment_id, case_id in session.execute(
        select(Payment.id, Payment.case_id)
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .join(Case, Case.id == Payment.case_id)
        .where(Payment.id.in_(payment_ids), _ended())
    ):
        found[payment_id] = PaymentHeld(case=case_id, why=_ENDED_SAYS)
    return found


def waits_for_an_account() -> ColumnElement[bool]:
    """Condition on `payments`: the payee has given another account, which nobody has decided."""
    return exists().where(
        PaymentRepair.case_id == Payment.case_id, PaymentRepair.state == RepairState.PROPOSED
    )


def ensure_may_be_paid(session: Session, payment_ids: Sequence[str]) -> None:
    """Raises PaymentHeld for the first that may not."""
    for held in held_payments(session, payment_ids).values():
        raise held


def ensure_may_be_repaired(session: Session, office: CaseOffice, payment: Payment) -> None:
    """Before a payment that failed is paid again. The caller holds the lock of the case. Raises
    EntitlementNotOpen, CaseNotOpen, FindingNotMet, FindingUnknown, EvidenceTakenBack,
    PaymentHeld."""
    entitlement = session.get_one(Entitlement, payment.entitlement_id, populate_existing=True)
    if entitlement.state == EntitlementState.RELEASED:
        raise EntitlementNotOpen(state=entitlement.state)
    case = session.get_one(Case, payment.case_id)
    if case.status in _ENDED:
        raise CaseNotOpen(case=case.id, status=case.status)
    for finding in judge_anew(session, office, case, procedure_of(session, office, case)):
        if not finding.passed:
            raise refused_for(finding)
    ensure_evidence_stands(session, entitlement.about)
    said = open_holds(session, [payment.id]).values()
    for held in (*said, *paid_already(session, [entitlement.id]).get(entitlement.id, ())):
        raise held_by(held)


def _ended() -> ColumnElement[bool]:
    return or_(Entitlement.state == EntitlementState.RELEASED, Case.status.in_(_ENDED))
