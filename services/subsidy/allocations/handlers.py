"""The finance bureau's answer to a batch: allocated as a whole, or sent back with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.subsidy.batches.choosing import lock_cases
from services.subsidy.batches.errors import DocumentNumberRequired, NothingToPay
from services.subsidy.batches.handlers import (
    FINANCE_BUREAU,
    cases_of,
    ensure_other_hands,
    locked_batch,
    planned_of,
    send_back,
)
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.batches.years import ensure_of_year
from services.subsidy.budgets.documents import document_number
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.rules import Movement, Posting
from services.subsidy.claims.rules import ALLOCATION_STEP
from services.subsidy.contradictions.grounds import ensure_may_be_paid
from services.subsidy.payments.model import instruct_all
from services.subsidy.regions import ensure_office
from shared import audit
from shared.approvals.decisions import answer_external_steps
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import signal_cases
from shared.audit import Deed
from shared.contracts.events import make_event
from shared.kernel.actor import Actor
from shared.messaging import outbox


@dataclass(frozen=True)
class AllocateBatch:
    """`document_no` names the finance bureau's own document (拨款文号)."""

    batch_id: str
    allocated: bool
    document_no: str = ""
    reason: str = ""


def allocate_batch(
    session: Session, office: CaseOffice, command: AllocateBatch, by: Actor
) -> PaymentBatch:
    """In one transaction: the batch and its payments instructed, the budget committed for each,
    the instructions published, the waiting cases let go on; a fixed number of statements."""
    # Cases before the batch before payments before budgets: the order of every transaction.
    lock_cases(session, cases_of(session, command.batch_id))
    batch = locked_batch(session, command.batch_id)
    ensure_office(office.directory, by, FINANCE_BUREAU, batch.region)
    ensure_other_hands(session, batch, by)
    if not command.allocated:
        send_back(session, office.clock, batch, command.reason, by)
        return batch
    number = document_number(command.document_no)
    if not number:
        raise DocumentNumberRequired(field="document_no")
    batch.allocate(by, office.clock.now(), number)
    session.flush()
    ensure_may_be_paid(session, planned_of(session, batch.id))
    instructed = instruct_all(session, batch.id, office.clock.now())
    if not instructed:
        raise NothingToPay()
    for row in instructed:
        ensure_of_year(office.clock.today().year, row.budget_id, row.case_id)
    post(
        session,
        office.clock,
        by,
        [Posting(Movement.COMMIT, row.id, row.budget_id, row.amount_fen) for row in instructed],
    )
    _let_cases_go_on(session, office, by, instructed)
    outbox.publish_many(
        session, [(_instruction(office, batch, row), row.case_id) for row in instructed]
    )
    _audit(session, office, by, batch, instructed)
    return batch


def _let_cases_go_on(
    session: Session, office: CaseOffice, by: Actor, instructed: Sequence[Row[Any]]
) -> None:
    """A first payment answers the step that its case waits in, with one signal; a repaired one
    belongs to a case that has ended. Either way the version is bumped before an outbox row is
    written."""
    waiting = [row.case_id for row in instructed if row.replaces is None]
    if waiting:
        answer_external_steps(session, office, waiting, ALLOCATION_STEP, "allocated", by)
    if repaired := [row.case_id for row in instructed if row.replaces is not None]:
        signal_cases(session, office, repaired)


def _instruction(office: CaseOffice, batch: PaymentBatch, row: Row[Any]) -> dict[str, Any]:
    return make_event(
        "subsidy.payment_instructed.v1",
        subject=row.id,
        data={
            "payment_id": row.id,
            "batch_id": batch.id,
            "case_id": row.case_id,
            "entitlement_id": row.entitlement_id,
            "person_ref": row.person_ref,
            "amount_fen": row.amount_fen,
            "currency": "CNY",
            "scheme": row.scheme,
            "replaces": row.replaces,
            "end_to_end_id": row.end_to_end_id,
        },
        at=office.clock.now(),
    )


def _audit(
    session: Session,
    office: CaseOffice,
    by: Actor,
    batch: PaymentBatch,
    instructed: Sequence[Row[Any]],
) -> None:
    now = office.clock.now()
    facts = {
        "batch_id": batch.id,
        "document_no": batch.document_no,
        "payments": len(instructed),
        "total_fen": sum(row.amount_fen for row in instructed),
    }
    payments = [
        Deed(
            now,
            by,
            "payment_instructed",
            row.case_id,
            {"payment_id": row.id, "batch_id": batch.id, "amount_fen": row.amount_fen},
        )
        for row in instructed
    ]
    audit.record_many(session, [Deed(now, by, "batch_allocated", None, facts), *payments])
