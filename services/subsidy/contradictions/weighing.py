"""What newly judged findings mean for the payments of their case: a planned payment is held and
leaves its batch, one that was sent is marked for recovery, and a hold whose condition is met again
is lifted. The caller holds the lock of the case."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.batches.reducing import take_out
from services.subsidy.contradictions.handlers import (
    Statement,
    open_contradictions,
    record_contradictions,
    settle_contradictions,
)
from services.subsidy.contradictions.model import Contradiction
from services.subsidy.contradictions.rules import Consequence, Source, consequence_for
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LIVE, PaymentState
from shared.approvals.model import Case
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.clock import Clock
from shared.kernel.text import Text
from shared.procedures import Finding

NOT_MET, UNKNOWN = "finding_not_met", "finding_unknown"
REGISTRY_SILENT, PAYEE_DECEASED = "registry_silent", "payee_deceased"
TAKEN_BACK = "evidence_taken_back"
_LIFTED = "重新核验后条件已满足 / met when it was checked again"


def weigh_findings(
    session: Session,
    clock: Clock,
    case: Case,
    findings: Sequence[Finding],
    source: Source,
    by: Actor,
) -> list[Contradiction]:
    """Answers what is new against the case's live payments."""
    payments = live_payments_of(session, case.id)
    against = [
        statement
        for payment in payments
        for number, finding in enumerate(findings, start=1)
        if (statement := _statement(payment, number, finding, source)) is not None
    ]
    passed = {about(n, each) for n, each in enumerate(findings, start=1) if each.passed}
    _lift(session, clock, payments, passed)
    if source == Source.REGISTRY:
        lift_silence(session, clock, [payment.id for payment in payments])
    return hold_or_recover(session, clock, by, against)


def hold_or_recover(
    session: Session, clock: Clock, by: Actor, statements: Sequence[Statement]
) -> list[Contradiction]:
    """Record them, and take out of its batch what may not be paid now."""
    recorded = record_contradictions(session, clock, by, statements)
    waiting = [each.payment_id for each in statements if each.consequence != Consequence.RECOVER]
    if waiting:
        take_out(session, clock, by, waiting)
    return recorded


def mark_taken_back(session: Session, clock: Clock, name: str, number: str) -> None:
    """`name` (certificate_no, honour_no) and `number` of evidence that was taken back. Whatever was
    granted on it is spoken against, also where its document has no rule that says so. After the
    cases of its person were judged, and under their locks."""
    payments = session.scalars(
        select(Payment)
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .where(Entitlement.about[name].astext == number, Payment.state.in_(LIVE))
        .order_by(Payment.id)
    ).all()
    told = {
        row.payment_id
        for row in open_contradictions(session, [each.id for each in payments])
        if (row.source, row.code) == (Source.EVENT, NOT_MET)
    }
    statements = [
        Statement(
            payment_id=payment.id,
            case_id=payment.case_id,
            source=Source.EVENT,
            code=TAKEN_BACK,
            about=number,
            says=Text(
                f"所依据的 {number} 已被撤销。", f"{number}, on which it rests, was revoked."
            ),
            consequence=consequence_for(PaymentState(payment.state)),
        )
        for payment in payments
        if payment.id not in told
    ]
    hold_or_recover(session, clock, SYSTEM, statements)


def live_payments_of(session: Session, case_id: str) -> list[Payment]:
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.case_id == case_id, Payment.state.in_(LIVE))
            .order_by(Payment.id)
        )
    )


def lift_silence(session: Session, clock: Clock, payment_ids: Sequence[str]) -> None:
    """The registry has answered about the payees of these."""
    silent = [
        each
        for each in open_contradictions(session, payment_ids)
        if each.code == REGISTRY_SILENT and each.consequence != Consequence.RECOVER
    ]
    settle_contradictions(session, clock, SYSTEM, silent, _LIFTED)


def _statement(payment: Payment, number: int, finding: Finding, source: Source) -> Statement | None:
    """An unknown condition holds what was not sent yet; it recovers nothing that was."""
    consequence = consequence_for(PaymentState(payment.state))
    if finding.passed or (finding.passed is None and consequence != Consequence.HOLD):
        return None
    return Statement(
        payment_id=payment.id,
        case_id=payment.case_id,
        source=source,
        code=NOT_MET if finding.passed is False else UNKNOWN,
        about=about(number, finding),
        says=Text(finding.zh, finding.en),
        consequence=consequence,
        facts={"rule": finding.rule},
    )


def about(number: int, finding: Finding) -> str:
    """Which condition of the document: its place and its rule."""
    return f"{number} {finding.rule}"


def _lift(session: Session, clock: Clock, payments: Sequence[Payment], passed: set[str]) -> None:
    """Money that has gone is not lifted by a check: people settle what is to be recovered."""
    met = [
        each
        for each in open_contradictions(session, [payment.id for payment in payments])
        if each.code in (NOT_MET, UNKNOWN)
        and each.about in passed
        and each.consequence != Consequence.RECOVER
    ]
    settle_contradictions(session, clock, SYSTEM, met, _LIFTED)
