"""The turn of the year, in the background: what was not sent by its end is paid of the new year's
budget. A batch that was not allocated goes back; then each reservation, first come first, is
released in the old budget and reserved in the new one, as far as that covers; the rest waits."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.batches.choosing import lock_cases
from services.subsidy.batches.handlers import cases_of, locked_batch, send_back
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.batches.rules import BatchState
from services.subsidy.batches.years import of_this_year
from services.subsidy.budgets.allotting import allot_budgets
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.rules import Movement, Need, Posting, budget_year
from services.subsidy.claims.queue import is_reserved_before, next_to_move
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from shared import audit
from shared.approvals.office import CaseOffice
from shared.audit import Deed
from shared.kernel.actor import SYSTEM

_YEAR_ENDED = "年度结束前未拨付，改由新年度预算安排 / not allocated before the end of its year"
AT_ONCE = 200
_OPEN = (BatchState.DRAFTED, BatchState.APPROVED)


def turn_the_year(session: Session, office: CaseOffice, at_once: int = AT_ONCE) -> bool:
    """One batch sent back, or the next reservations moved; whether more may follow at once."""
    year = office.clock.today().year
    if not is_reserved_before(session, year=year):
        return False
    return _send_back_one(session, office, year) or _move_some(session, office, year, at_once)


def _send_back_one(session: Session, office: CaseOffice, year: int) -> bool:
    late = select(Payment.batch_id).where(
        Payment.state == PaymentState.PLANNED,
        Payment.batch_id.is_not(None),
        ~of_this_year(year),
    )
    batch_id = session.scalar(
        select(PaymentBatch.id)
        .where(PaymentBatch.id.in_(late), PaymentBatch.state.in_(_OPEN))
        .order_by(PaymentBatch.id)
        .limit(1)
    )
    if batch_id is None:
        return False
    lock_cases(session, cases_of(session, batch_id))
    batch = locked_batch(session, batch_id)
    if batch.state in _OPEN:
        send_back(session, office.clock, batch, _YEAR_ENDED, SYSTEM)
        session.flush()
    return True


def _move_some(session: Session, office: CaseOffice, year: int, at_once: int) -> bool:
    found = next_to_move(session, year=year, count=at_once)
    lock_cases(session, [row.case_id for row in found])
    payments = {
        payment.entitlement_id: payment
        for payment in session.scalars(
            select(Payment)
            .where(
                Payment.entitlement_id.in_([row.id for row in found]),
                Payment.state == PaymentState.PLANNED,
            )
            .order_by(Payment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    still = {row.id for row in next_to_move(session, year=year, count=at_once)}
    moving = _entitlements(session, [row.id for row in found if row.id in still])
    needs = [Need(each.id, each.fund, each.region, each.amount_fen) for each in moving]
    old = {each.budget_id for each in moving}
    budgets = allot_budgets(session, year, needs, besides=old)
    covered = [each for each in moving if each.id in budgets]
    _move(session, office, covered, budgets, payments)
    return bool(covered)


def _entitlements(session: Session, identifiers: Sequence[str]) -> list[Entitlement]:
    """In the order given, as they are under the locks of their cases."""
    found = {
        each.id: each
        for each in session.scalars(
            select(Entitlement)
            .where(Entitlement.id.in_(identifiers))
            .execution_options(populate_existing=True)
        )
    }
    return [found[identifier] for identifier in identifiers]


def _move(
    session: Session,
    office: CaseOffice,
    entitlements: Sequence[Entitlement],
    budgets: dict[str, str],
    payments: dict[str, Payment],
) -> None:
    postings, deeds, now = [], [], office.clock.now()
    for each in entitlements:
        old, new = each.budget_id, budgets[each.id]
        for kind, budget in ((Movement.RELEASE, old), (Movement.RESERVE, new)):
            subject = f"{each.id}:{budget_year(budget)}"  # once a year
            postings.append(Posting(kind, subject, budget, each.amount_fen))
        facts = {"from": old, "to": new, "amount_fen": each.amount_fen}
        deeds.append(Deed(now, SYSTEM, "reservation_moved", each.case_id, facts))
        each.move_to(new)
        if each.id in payments:
            payments[each.id].move_to(new)
    post(session, office.clock, SYSTEM, postings)
    audit.record_many(session, deeds)
