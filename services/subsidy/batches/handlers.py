"""Making, approving and allocating payment batches; each by other hands."""

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.subsidy.batches.choosing import MAKER, MakeBatch, payments_for
from services.subsidy.batches.errors import (
    BatchNotFound,
    MixedBatch,
    ReturnReasonRequired,
    SameHands,
)
from services.subsidy.batches.model import BatchItem, PaymentBatch, batch_numbers
from services.subsidy.batches.rules import BatchState
from services.subsidy.batches.years import ensure_of_this_year
from services.subsidy.contradictions.grounds import ensure_may_be_paid
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.regions import ensure_office
from shared import audit
from shared.approvals.office import CaseOffice
from shared.approvals.separation import ensure_uninvolved
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock

APPROVER = "bureau.payment_approver"
FINANCE_BUREAU = "finance_bureau.officer"


def make_batch(session: Session, office: CaseOffice, command: MakeBatch, by: Actor) -> PaymentBatch:
    """What is held stays out. Raises NothingToPay, CasesNotPayable (naming what is held),
    MixedBatch, OutsideRegion, and what separation of duties forbids."""
    clock = office.clock
    if command.region is not None:
        ensure_office(office.directory, by, MAKER, command.region)
    waiting = payments_for(session, command, by, clock.today().year)
    kinds = {(row.region, row.scheme) for row in waiting}
    if len(kinds) > 1:
        raise MixedBatch()
    region, scheme = kinds.pop()
    ensure_office(office.directory, by, MAKER, region)
    ensure_uninvolved(session, [row.case_id for row in waiting], by)
    batch = PaymentBatch(
        id=f"PB-{clock.today().year}-{session.scalar(batch_numbers.next_value()):06d}",
        scheme=scheme,
        region=region,
        state=BatchState.DRAFTED,
        payments_count=len(waiting),
        total_fen=sum(row.amount_fen for row in waiting),
        made_by=by.person_ref,
        made_by_name=by.name,
        made_at_utc=clock.now(),
    )
    session.add(batch)
    session.flush()
    session.execute(
        update(Payment)
        .where(Payment.id.in_([row.id for row in waiting]))
        .values(batch_id=batch.id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        insert(BatchItem).returning(BatchItem.number),
        [
            {"batch_id": batch.id, "number": number, "payment_id": row.id}
            for number, row in enumerate(waiting, start=1)
        ],
    )
    _audit(session, clock, by, batch, "batch_made")
    return batch


def decide_batch(
    session: Session, office: CaseOffice, batch_id: str, *, approved: bool, reason: str, by: Actor
) -> PaymentBatch:
    """The second pair of eyes of the bureau: approve it (it goes to the finance bureau) or take
    it apart with a reason."""
    clock, batch = office.clock, locked_batch(session, batch_id)
    ensure_office(office.directory, by, APPROVER, batch.region)
    ensure_other_hands(session, batch, by)
    if approved:
        batch.approve(by, clock.now())
        ensure_of_this_year(session, clock, batch.id)
        ensure_may_be_paid(session, planned_of(session, batch.id))
        _audit(session, clock, by, batch, "batch_approved")
    else:
        send_back(session, clock, batch, reason, by)
    return batch


def send_back(session: Session, clock: Clock, batch: PaymentBatch, reason: str, by: Actor) -> None:
    """The batch ends; its payments are free for the next one."""
    if not reason.strip():
        raise ReturnReasonRequired(field="reason")
    batch.send_back(reason.strip())
    session.execute(
        update(Payment)
        .where(Payment.batch_id == batch.id, Payment.state == PaymentState.PLANNED)
        .values(batch_id=None)
        .execution_options(synchronize_session=False)
    )
    _audit(session, clock, by, batch, "batch_returned", reason.strip())


def locked_batch(session: Session, batch_id: str) -> PaymentBatch:
    batch = session.scalars(
        select(PaymentBatch)
        .where(PaymentBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if batch is None:
        raise BatchNotFound(batch=batch_id)
    return batch


def ensure_other_hands(session: Session, batch: PaymentBatch, by: Actor) -> None:
    """Maker, approver and allocator are three people, none of them payee or decider of a case."""
    if by.person_ref in batch.hands:
        raise SameHands(batch=batch.id)
    ensure_uninvolved(session, cases_of(session, batch.id), by)


def cases_of(session: Session, batch_id: str) -> list[str]:
    return list(
        session.scalars(
            select(Payment.case_id).where(
                Payment.batch_id == batch_id, Payment.state != PaymentState.CANCELLED
            )
        )
    )


def planned_of(session: Session, batch_id: str) -> list[str]:
    return list(
        session.scalars(
            select(Payment.id).where(
                Payment.batch_id == batch_id, Payment.state == PaymentState.PLANNED
            )
        )
    )


def _audit(
    session: Session,
    clock: Clock,
    by: Actor,
    batch: PaymentBatch,
    action: str,
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        at=clock.now(),
        actor=by,
        action=action,
        case_id=None,
        facts={
            "batch_id": batch.id,
            "payments": batch.payments_count,
            "total_fen": batch.total_fen,
        },
        reason=reason,
    )
