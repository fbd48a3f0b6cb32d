"""What follows when the bank speaks against what it said before: whatever would pay the same thing
again is held, and what may have gone is raised to people. The caller holds the locks of the cases
(see `cases_of`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from services.subsidy.contradictions.handlers import Statement
from services.subsidy.contradictions.rules import Consequence, Source, consequence_for
from services.subsidy.contradictions.weighing import hold_or_recover
from services.subsidy.entitlements.handlers import same_thing
from services.subsidy.entitlements.model import Entitlement, EntitlementState
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LIVE, REPAIRABLE, PaymentState
from services.subsidy.reports.lines import StatusReport
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.text import Text

SAYS = {
    "settled_after_rejected": Text(
        "银行先报该笔拒付，后报已付：同一款项可能重复支付。",
        "The bank reported it rejected and then settled: it may be paid twice.",
    ),
    "settled_after_returned": Text(
        "银行先报该笔退回，后报已付：同一款项可能重复支付。",
        "The bank reported it returned and then settled: it may be paid twice.",
    ),
    "settled_before_instructed": Text(
        "该笔尚未发出指令，银行却报已付。",
        "The bank reports money that it was not told to pay.",
    ),
    "settled_after_cancelled": Text(
        "该笔已取消，银行却报已付。", "The bank reports a cancelled payment as paid."
    ),
    "rejected_after_settled": Text(
        "银行先报该笔已付，后报拒付：收款人可能没有收到。",
        "The bank reported it settled and then rejected: the payee may have received nothing.",
    ),
}


@dataclass(frozen=True)
class Against:
    """A line that speaks against `payment` as it is recorded; `code` is one of SAYS."""

    code: str
    payment: Payment
    report: StatusReport


def cases_of(batch_id: str, end_to_end_ids: set[str]) -> Select[str]:
    """The cases of these payments, and of every other claim of their people for the same thing."""
    named, same = aliased(Entitlement), aliased(Entitlement)
    return (
        select(same.case_id)
        .join(named, same_thing(named, same))
        .join(Payment, Payment.entitlement_id == named.id)
        .where(Payment.batch_id == batch_id, Payment.end_to_end_id.in_(end_to_end_ids))
    )


def hold_what_pays_again(
    session: Session, clock: Clock, by: Actor, against: Sequence[Against]
) -> None:
    """One statement a payment that it concerns. Two queries, however many lines."""
    if not against:
        return
    entitlements, live = _same_things(session, against)
    statements = []
    for each in against:
        own = entitlements[each.payment.entitlement_id]
        others = [
            payment
            for payment in live
            if payment.id != each.payment.id and _are_one(entitlements[payment.entitlement_id], own)
        ]
        if each.code == "rejected_after_settled":
            others = []  # nothing was paid again
        statements += [_statement(each, one, consequence_for(_state(one))) for one in others]
        if not others:
            statements.append(_statement(each, each.payment, _alone(each.payment, own)))
    hold_or_recover(session, clock, by, statements)


def _same_things(
    session: Session, against: Sequence[Against]
) -> tuple[dict[str, Entitlement], list[Payment]]:
    """Every entitlement to the same things, by id, and their live payments."""
    named, same = aliased(Entitlement), aliased(Entitlement)
    found = session.scalars(
        select(same)
        .join(named, same_thing(named, same))
        .where(named.id.in_({each.payment.entitlement_id for each in against}))
    ).unique()
    entitlements = {each.id: each for each in found}
    live = session.scalars(
        select(Payment)
        .where(Payment.entitlement_id.in_(entitlements), Payment.state.in_(LIVE))
        .order_by(Payment.id)
    )
    return entitlements, list(live)


def _alone(payment: Payment, entitlement: Entitlement) -> Consequence:
    """Nothing else pays the thing: a failed payment is not repaired before people have looked, and
    where nobody can repair it any more the money is looked for."""
    repairable = payment.state in REPAIRABLE and entitlement.state != EntitlementState.RELEASED
    if repairable or payment.state == PaymentState.PLANNED:
        return Consequence.HOLD
    return Consequence.RECOVER


def _statement(against: Against, payment: Payment, consequence: Consequence) -> Statement:
    return Statement(
        payment_id=payment.id,
        case_id=payment.case_id,
        source=Source.BANK,
        code=against.code,
        about=against.report.key,
        says=SAYS[against.code],
        consequence=consequence,
        facts={
            "reported_payment_id": against.payment.id,
            "reported_status": against.report.said,
            "report_id": against.report.key,
        },
    )


def _are_one(one: Entitlement, other: Entitlement) -> bool:
    return one.person_ref == other.person_ref and not set(one.keys).isdisjoint(other.keys)


def _state(payment: Payment) -> PaymentState:
    return PaymentState(payment.state)
