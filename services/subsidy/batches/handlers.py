"""Making, approving and allocating payment batches; each by other hands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, and_, func, insert, select, update
from sqlalchemy.orm import Session

from services.subsidy.batches.errors import (
    BatchNotFound,
    CasesNotPayable,
    InAnotherBatch,
    MixedBatch,
    NoSuchCase,
    NothingToPay,
    NotReadyToBePaid,
    ReturnReasonRequired,
    SameHands,
)
from services.subsidy.batches.model import BatchItem, PaymentBatch, batch_numbers
from services.subsidy.batches.rules import BatchState
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LIVE, PaymentState
from services.subsidy.regions import ensure_office, sees
from shared import audit
from shared.approvals.model import Case
from shared.approvals.separation import ensure_uninvolved
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.errors import DomainError, Errors

MAKER = "bureau.payment_maker"
APPROVER = "bureau.payment_approver"
FINANCE_BUREAU = "finance_bureau.officer"

# id, case_id, region, scheme, amount_fen
Waiting = Row[str, str, str, str, int]


@dataclass(frozen=True)
class MakeBatch:
    """Either what waits in `region` of `scheme` (at most `limit`), or the named cases."""

    scheme: str | None = None
    region: str | None = None
    case_ids: Sequence[str] = ()
    limit: int = 1000


def make_batch(session: Session, clock: Clock, command: MakeBatch, by: Actor) -> PaymentBatch:
    """Raises NothingToPay, CasesNotPayable, MixedBatch, OutsideRegion, and what separation of
    duties forbids."""
    if command.region is not None:
        ensure_office(by, MAKER, command.region)
    waiting = _waiting(session, command, by)
    kinds = {(row.region, row.scheme) for row in waiting}
    if len(kinds) > 1:
        raise MixedBatch()
    region, scheme = kinds.pop()
    ensure_office(by, MAKER, region)
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
    session: Session, clock: Clock, batch_id: str, *, approved: bool, reason: str, by: Actor
) -> PaymentBatch:
    """The second pair of eyes of the bureau: approve it (it goes to the finance bureau) or take
    it apart with a reason."""
    batch = locked_batch(session, batch_id)
    ensure_office(by, APPROVER, batch.region)
    ensure_other_hands(session, batch, by)
    if approved:
        batch.approve(by, clock.now())
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


def _waiting(session: Session, command: MakeBatch, by: Actor) -> Sequence[Waiting]:
    """The payments that no batch has, locked."""
    query = (
        select(Payment.id, Payment.case_id, Payment.region, Payment.scheme, Payment.amount_fen)
        .where(Payment.state == PaymentState.PLANNED, Payment.batch_id.is_(None))
        .order_by(Payment.id)
    )
    if command.case_ids:
        return _of_cases(session, query, command.case_ids, by)
    if command.scheme is not None:
        query = query.where(Payment.scheme == command.scheme)
    # Skipping what another maker has in hand: two batches made at once share nothing.
    rows = session.execute(
        query.where(Payment.region == command.region)
        .limit(command.limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        raise NothingToPay()
    return rows


def _of_cases(
    session: Session, query: Select[str, str, str, str, int], case_ids: Sequence[str], by: Actor
) -> Sequence[Waiting]:
    rows = session.execute(query.where(Payment.case_id.in_(case_ids)).with_for_update()).all()
    missing = set(case_ids) - {row.case_id for row in rows}
    if missing:
        raise _refusal(session, case_ids, missing, by)
    return rows


def _refusal(session: Session, case_ids: Sequence[str], missing: set[str], by: Actor) -> Errors:
    """What keeps each case out, at its place in the list; a case of elsewhere is not known here."""
    batches: dict[str, str | None] = {}
    for case_id, region, batch_id in session.execute(
        select(Case.id, func.coalesce(Payment.region, Case.region), Payment.batch_id)
        .outerjoin(Payment, and_(Payment.case_id == Case.id, Payment.state.in_(LIVE)))
        .where(Case.id.in_(missing))
    ):
        if sees(by, (MAKER,), region):
            batches[case_id] = batch_id
    errors: list[DomainError] = []
    for index, case_id in enumerate(case_ids):
        field = f"case_ids.{index}"
        if case_id in missing and case_id not in batches:
            errors.append(NoSuchCase(field=field, case=case_id))
        elif case_id in missing and (batch := batches[case_id]) is not None:
            errors.append(InAnotherBatch(field=field, case=case_id, batch=batch))
        elif case_id in missing:
            errors.append(NotReadyToBePaid(field=field, case=case_id))
    known = missing <= set(batches)
    return CasesNotPayable(errors) if known else Errors(errors)


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
