"""What a person may see of batches, and what waits to go into one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from services.subsidy.batches.errors import BatchNotFound
from services.subsidy.batches.model import BatchItem, PaymentBatch
from services.subsidy.batches.years import of_this_year
from services.subsidy.claims.model import ClaimFunding, FundingState
from services.subsidy.contradictions.handlers import is_held
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.regions import sees
from shared.identity.reach import within
from shared.kernel.actor import Actor
from shared.kernel.bank_account import mask_account

OFFICES = (
    "bureau.payment_maker",
    "bureau.payment_approver",
    "bureau.leader",
    "finance_bureau.officer",
    "finance.system",
    "auditor",
)
# Who pays must know whom: the bureau's own people see accounts masked, on the case.
PAYERS = ("finance_bureau.officer", "finance.system")
UNSENT = (PaymentState.PLANNED, PaymentState.CANCELLED)


def visible_batch(session: Session, batch_id: str, actor: Actor) -> PaymentBatch:
    batch = session.get(PaymentBatch, batch_id)
    if batch is None or not sees(actor, OFFICES, batch.region):
        raise BatchNotFound(batch=batch_id)
    return batch


def batches_page(
    session: Session, actor: Actor, *, after: str | None, limit: int, state: str | None
) -> list[PaymentBatch]:
    """Newest first; one more than `limit`, to know whether more follow."""
    query = select(PaymentBatch).where(within(actor, OFFICES, PaymentBatch.region))
    if after is not None:
        query = query.where(PaymentBatch.id < after)
    if state is not None:
        query = query.where(PaymentBatch.state == state)
    return list(session.scalars(query.order_by(PaymentBatch.id.desc()).limit(limit + 1)))


def states_of(session: Session, batch_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    rows = session.execute(
        select(BatchItem.batch_id, Payment.state, func.count())
        .join(Payment, Payment.id == BatchItem.payment_id)
        .where(BatchItem.batch_id.in_(batch_ids), BatchItem.taken_out_at_utc.is_(None))
        .group_by(BatchItem.batch_id, Payment.state)
    )
    found: dict[str, dict[str, int]] = {}
    for batch_id, state, count in rows:
        found.setdefault(batch_id, {})[state] = count
    return found


def items_of(session: Session, batch_id: str) -> list[tuple[BatchItem, Payment]]:
    """What the batch asked for, in order; what was taken out of it is marked."""
    rows = session.execute(
        select(BatchItem, Payment)
        .join(Payment, Payment.id == BatchItem.payment_id)
        .where(BatchItem.batch_id == batch_id)
        .order_by(BatchItem.number)
    )
    return [(item, payment) for item, payment in rows]


def shared_accounts(session: Session, batch: PaymentBatch) -> list[list[str]]:
    """Cases of different people that are paid to one account, a list an account: a warning to who
    makes and approves the batch. The accounts are encrypted, so they are compared here."""
    paid: dict[str, list[Payment]] = {}
    for item, payment in items_of(session, batch.id):
        if item.taken_out_at_utc is None:
            paid.setdefault(payment.account, []).append(payment)
    return [
        [each.case_id for each in payments]
        for payments in paid.values()
        if len({each.person_ref for each in payments}) > 1
    ]


def replacements_of(session: Session, payment_ids: Sequence[str]) -> dict[str, str]:
    """Which payment repairs each of these, where one does."""
    rows = session.execute(
        select(Payment.replaces, Payment.id).where(Payment.replaces.in_(payment_ids))
    )
    return {str(replaced): payment_id for replaced, payment_id in rows}


def sent_payments(session: Session, batch: PaymentBatch) -> list[Payment]:
    """What the batch told the bank to pay, in order. Raises BatchNotSent."""
    _ = batch.sent_at
    return [
        payment
        for item, payment in items_of(session, batch.id)
        if payment.state not in UNSENT and item.taken_out_at_utc is None
    ]


def sent_amounts(session: Session, batch: PaymentBatch) -> dict[str, int]:
    """What each payment told the bank to pay (fen), by end-to-end id, in order. Raises
    BatchNotSent."""
    _ = batch.sent_at
    rows = session.execute(
        select(Payment.end_to_end_id, Payment.amount_fen)
        .join(BatchItem, BatchItem.payment_id == Payment.id)
        .where(
            BatchItem.batch_id == batch.id,
            BatchItem.taken_out_at_utc.is_(None),
            Payment.state.not_in(UNSENT),
        )
        .order_by(BatchItem.number)
    )
    return {end_to_end_id: amount_fen for end_to_end_id, amount_fen in rows}


def batch_view(batch: PaymentBatch, by_state: dict[str, int]) -> dict[str, Any]:
    names = (
        "id",
        "scheme",
        "region",
        "state",
        "payments_count",
        "total_fen",
        "made_by_name",
        "made_at_utc",
        "approved_by_name",
        "approved_at_utc",
        "allocated_by_name",
        "allocated_at_utc",
        "document_no",
        "returned_reason",
        "version",
    )
    view = {name: getattr(batch, name) for name in names}
    return {**view, "currency": "CNY", "by_state": by_state}


def item_view(
    item: BatchItem,
    payment: Payment,
    said: Mapping[str, list[dict[str, Any]]],
    *,
    with_payee: bool,
) -> dict[str, Any]:
    """`said`: what speaks against the payments, by payment id."""
    payee = {"name": payment.payee_name, "account": payment.account} if with_payee else None
    return {
        "number": item.number,
        "taken_out_at_utc": item.taken_out_at_utc,
        "contradictions": said.get(payment.id, []),
        "payment_id": payment.id,
        "case_id": payment.case_id,
        "person_ref": payment.person_ref,
        "amount_fen": payment.amount_fen,
        "state": payment.state,
        "reason_code": payment.reason_code,
        "end_to_end_id": payment.end_to_end_id,
        "replaces": payment.replaces,
        "payee": payee,
    }


def page_row(
    item: BatchItem, payment: Payment, said: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """On pages an account is masked for everyone; who pays takes the file."""
    view = item_view(item, payment, said, with_payee=False)
    masked = mask_account(payment.account)
    return {**view, "payee_name": payment.payee_name, "account": masked}


def waiting_payments(
    session: Session, actor: Actor, year: int
) -> Sequence[Row[str, str, int, int]]:
    """What a batch could be made of: of the year's budgets, in no batch, not held."""
    return session.execute(
        select(
            Payment.region,
            Payment.scheme,
            func.count().label("payments_count"),
            func.sum(Payment.amount_fen).label("total_fen"),
        )
        .where(
            Payment.state == PaymentState.PLANNED,
            Payment.batch_id.is_(None),
            ~is_held(),
            of_this_year(year),
            within(actor, OFFICES, Payment.region),
        )
        .group_by(Payment.region, Payment.scheme)
        .order_by(Payment.region, Payment.scheme)
    ).all()


def unfunded_claims(session: Session, actor: Actor, limit: int = 200) -> list[ClaimFunding]:
    """In the order in which money will be given to them."""
    return list(
        session.scalars(
            select(ClaimFunding)
            .where(
                ClaimFunding.state == FundingState.WAITING,
                within(actor, OFFICES, ClaimFunding.region),
            )
            .order_by(ClaimFunding.submitted_at_utc, ClaimFunding.case_id)
            .limit(limit)
        )
    )
