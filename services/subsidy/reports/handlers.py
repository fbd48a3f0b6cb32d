"""Status reports of the bank on the payments of a batch: each line applied once, on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, defer

from services.subsidy.batches.errors import BatchNotFound
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.rules import Posting
from services.subsidy.payments.errors import PaymentNotInBatch, PaymentStateConflict
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LEDGER, PaymentState, path_to
from services.subsidy.reports.model import PaymentReport
from shared import audit
from shared.approvals.model import Case
from shared.audit import Deed
from shared.contracts.events import make_event
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock
from shared.kernel.errors import DomainError
from shared.messaging import outbox


@dataclass(frozen=True)
class StatusReport:
    """`report_id` is the bank's or the finance system's own; None: end-to-end id, status and
    moment together tell a repetition."""

    end_to_end_id: str
    status: PaymentState
    reason_code: str | None
    reported_at: datetime
    report_id: str | None = None

    @property
    def key(self) -> str:
        moment = self.reported_at.isoformat()
        return self.report_id or f"{self.end_to_end_id}:{self.status}:{moment}"


@dataclass(frozen=True)
class ReportResult:
    """`outcome`: applied, repeated (nothing new) or refused (see `error`). `row` from 1."""

    row: int
    end_to_end_id: str
    outcome: str
    state: str | None = None
    error: DomainError | None = None


@dataclass
class _Effects:
    """What the good lines of one report add up to, written in bulk at its end."""

    postings: list[Posting]
    events: list[tuple[dict[str, Any], str]]
    deeds: list[Deed]
    rows: list[dict[str, Any]]


def record_reports(
    session: Session, clock: Clock, actor: Actor, batch_id: str, reports: Sequence[StatusReport]
) -> list[ReportResult]:
    """Apply each line; a bad line is answered by its row and keeps no other from being applied.
    Raises BatchNotFound."""
    payments = _lock_payments(session, batch_id, reports)
    seen = set(
        session.scalars(
            select(PaymentReport.report_id).where(
                PaymentReport.batch_id == batch_id,
                PaymentReport.report_id.in_([report.key for report in reports]),
            )
        )
    )
    effects = _Effects([], [], [], [])
    results = []
    for row, report in enumerate(reports, start=1):
        payment = payments.get(report.end_to_end_id)
        results.append(_apply(clock, actor, batch_id, payment, report, row, seen, effects))
    _write(session, clock, actor, effects)
    return results


def _lock_payments(
    session: Session, batch_id: str, reports: Sequence[StatusReport]
) -> dict[str, Payment]:
    if session.get(PaymentBatch, batch_id) is None:
        raise BatchNotFound(batch=batch_id)
    named = (Payment.batch_id == batch_id) & Payment.end_to_end_id.in_(
        [report.end_to_end_id for report in reports]
    )
    # Cases before payments, both by id: the order of every transaction that takes both.
    cases = select(Payment.case_id).where(named)
    session.execute(select(Case.id).where(Case.id.in_(cases)).order_by(Case.id).with_for_update())
    rows = session.scalars(
        select(Payment)
        .where(named)
        .order_by(Payment.id)
        .options(defer(Payment.account))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {payment.end_to_end_id: payment for payment in rows}


def _apply(
    clock: Clock,
    actor: Actor,
    batch_id: str,
    payment: Payment | None,
    report: StatusReport,
    row: int,
    seen: set[str],
    effects: _Effects,
) -> ReportResult:
    end_to_end = report.end_to_end_id
    if payment is None:
        missing = PaymentNotInBatch(row=row, batch=batch_id, end_to_end_id=end_to_end)
        return ReportResult(row, end_to_end, "refused", error=missing)
    if report.key in seen:
        return ReportResult(row, end_to_end, "repeated", payment.state)
    path = path_to(PaymentState(payment.state), report.status)
    if path is None:
        conflict = PaymentStateConflict(row=row, state=payment.state, to=report.status)
        return ReportResult(row, end_to_end, "refused", payment.state, conflict)
    seen.add(report.key)
    effects.rows.append(_row(clock, batch_id, payment, report))
    for state in path:
        payment.become(state, clock.now(), report.reason_code)
        _follow(clock, actor, batch_id, payment, state, report, effects)
    return ReportResult(row, end_to_end, "applied" if path else "repeated", payment.state)


def _follow(
    clock: Clock,
    actor: Actor,
    batch_id: str,
    payment: Payment,
    state: PaymentState,
    report: StatusReport,
    effects: _Effects,
) -> None:
    movement = LEDGER.get(state)
    if movement is not None:
        effects.postings.append(
            Posting(movement, payment.id, payment.budget_id, payment.amount_fen)
        )
    data = {
        "payment_id": payment.id,
        "batch_id": batch_id,
        "case_id": payment.case_id,
        "amount_fen": payment.amount_fen,
        "reason_code": report.reason_code,
        "reported_at": report.reported_at,
    }
    event = make_event(f"subsidy.payment_{state}.v1", subject=payment.id, data=data, at=clock.now())
    effects.events.append((event, payment.case_id))
    facts = {
        "payment_id": payment.id,
        "batch_id": batch_id,
        "reason_code": report.reason_code,
    }
    deed = Deed(clock.now(), actor, f"payment_{state}", payment.case_id, facts)
    effects.deeds.append(deed)


def _row(clock: Clock, batch_id: str, payment: Payment, report: StatusReport) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        "report_id": report.key,
        "payment_id": payment.id,
        "status": str(report.status),
        "reason_code": report.reason_code,
        "reported_at_utc": report.reported_at,
        "received_at_utc": clock.now(),
    }


def _write(session: Session, clock: Clock, actor: Actor, effects: _Effects) -> None:
    session.flush()
    if effects.rows:
        session.execute(insert(PaymentReport).returning(PaymentReport.report_id), effects.rows)
    if not effects.events:
        return
    post(session, clock, actor, effects.postings)
    # Decision 1: who writes an outbox row for a case bumps its version, under its lock.
    session.execute(
        update(Case)
        .where(Case.id.in_({case_id for _, case_id in effects.events}))
        .values(version=Case.version + 1, changed_at_utc=clock.now())
        .execution_options(synchronize_session=False)
    )
    audit.record_many(session, effects.deeds)
    outbox.publish_many(session, effects.events)
