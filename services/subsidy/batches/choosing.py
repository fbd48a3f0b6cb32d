"""Which planned payments go into a batch, and what keeps the others out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from services.subsidy.batches.errors import (
    CasesNotPayable,
    InAnotherBatch,
    NoSuchCase,
    NothingToPay,
    NotReadyToBePaid,
    OfAnotherYear,
)
from services.subsidy.batches.years import of_this_year
from services.subsidy.contradictions.grounds import held_payments, waits_for_an_account
from services.subsidy.contradictions.handlers import is_held
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LIVE, PaymentState
from services.subsidy.regions import sees
from shared.approvals.model import Case
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError, Errors

MAKER = "bureau.payment_maker"
SHOWN = 50  # of the held payments, where nothing else waits

# id, case_id, region, scheme, amount_fen
Waiting = Row[str, str, str, str, int]


@dataclass(frozen=True)
class MakeBatch:
    """Either what waits in `region` of `scheme` (at most `limit`), or the named cases."""

    scheme: str | None = None
    region: str | None = None
    case_ids: Sequence[str] = ()
    limit: int = 1000


def payments_for(session: Session, command: MakeBatch, by: Actor, year: int) -> Sequence[Waiting]:
    """The payments of the year's budgets that no batch has and nothing holds, locked, their cases
    first."""
    query = (
        select(Payment.id, Payment.case_id, Payment.region, Payment.scheme, Payment.amount_fen)
        .join(Case, Case.id == Payment.case_id)
        .where(Payment.state == PaymentState.PLANNED, Payment.batch_id.is_(None))
        .order_by(Payment.id)
    )
    if command.case_ids:
        return _of_cases(session, query, command.case_ids, by, year)
    if command.scheme is not None:
        query = query.where(Payment.scheme == command.scheme)
    query = query.where(Payment.region == command.region)
    # Skipping what another maker has in hand: two batches made at once share nothing.
    rows = session.execute(
        query.where(~is_held(), ~waits_for_an_account(), of_this_year(year))
        .limit(command.limit)
        .with_for_update(of=[Case, Payment], key_share=True, skip_locked=True)
    ).all()
    held = held_payments(session, [row.id for row in rows])
    free = [row for row in rows if row.id not in held]
    if free:
        return free
    held |= held_payments(session, [row.id for row in session.execute(query.limit(SHOWN))])
    raise CasesNotPayable(list(held.values())) if held else NothingToPay()


def _of_cases(
    session: Session,
    query: Select[str, str, str, str, int],
    case_ids: Sequence[str],
    by: Actor,
    year: int,
) -> Sequence[Waiting]:
    lock_cases(session, case_ids)
    rows = session.execute(
        query.where(Payment.case_id.in_(case_ids), of_this_year(year)).with_for_update(of=Payment)
    ).all()
    missing = set(case_ids) - {row.case_id for row in rows}
    if missing:
        raise _refusal(session, case_ids, missing, by, year)
    own = [row.id for row in rows if sees(by, (MAKER,), row.region)]
    if held := held_payments(session, own):
        raise CasesNotPayable(list(held.values()))
    return rows


def lock_cases(session: Session, case_ids: Sequence[str]) -> None:
    """Before the batch, its payments and their budgets: the order of every transaction."""
    session.execute(
        select(Case.id).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update()
    )


def _refusal(
    session: Session, case_ids: Sequence[str], missing: set[str], by: Actor, year: int
) -> Errors:
    """What keeps each case out, at its place in the list; a case of elsewhere is not known here."""
    batches: dict[str, str | None] = {}
    late = set()
    planned = Payment.state == PaymentState.PLANNED
    for case_id, region, batch_id, is_late in session.execute(
        select(
            Case.id,
            func.coalesce(Payment.region, Case.region),
            Payment.batch_id,
            and_(planned, ~of_this_year(year)),
        )
        .outerjoin(Payment, and_(Payment.case_id == Case.id, Payment.state.in_(LIVE)))
        .where(Case.id.in_(missing))
    ):
        if sees(by, (MAKER,), region):
            batches[case_id] = batch_id
            late |= {case_id} if is_late else set()
    errors: list[DomainError] = []
    for index, case_id in enumerate(case_ids):
        field = f"case_ids.{index}"
        if case_id in missing and case_id not in batches:
            errors.append(NoSuchCase(field=field, case=case_id))
        elif case_id in missing and (batch := batches[case_id]) is not None:
            errors.append(InAnotherBatch(field=field, case=case_id, batch=batch))
        elif case_id in late:
            errors.append(OfAnotherYear(field=field, case=case_id, year=year))
        elif case_id in missing:
            errors.append(NotReadyToBePaid(field=field, case=case_id))
    known = missing <= set(batches)
    return CasesNotPayable(errors) if known else Errors(errors)
