"""Status reports of the bank on the payments of a batch: each line applied once, on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from services.subsidy.batches.errors import BatchNotFound
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.rules import Posting
from services.subsidy.entitlements.handlers import lock_people
from services.subsidy.payments.errors import PaymentNotInBatch, PaymentStateConflict
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import LEDGER, PaymentState, path_to
from services.subsidy.reports.contradicting import SAYS, Against, cases_of, hold_what_pays_again
from services.subsidy.reports.errors import (
    ACCOUNT,
    AMOUNT,
    CURRENCY,
    ImplausibleMoment,
    LineContradictsPayment,
    ReportSpeaksAgainstPayment,
)
from services.subsidy.reports.keeping import (
    APPLIED,
    CONTRADICTS,
    NOTED,
    REFUSED,
    REPEATED,
    Identity,
    ReportResult,
    identity,
    keep_lines,
    known_lines,
    last_returns,
)
from services.subsidy.reports.lines import Line, RefusedLine, StatusReport
from services.subsidy.reports.rules import contradiction_of, is_account, is_plausible
from shared import audit
from shared.approvals.model import Case
from shared.audit import Deed
from shared.contracts.events import make_event
from shared.kernel.actor import Actor
from shared.kernel.clock import Clock, wall_now
from shared.kernel.errors import DomainError
from shared.messaging import outbox


@dataclass
class _Effects:
    """What the good lines of one report add up to, written in bulk at its end."""

    postings: list[Posting]
    events: list[tuple[dict[str, Any], str]]
    deeds: list[Deed]


@dataclass
class _Reading:
    """One report while its lines are read, under the locks of its payments."""

    clock: Clock
    actor: Actor
    batch_id: str
    payments: dict[str, Payment]
    known: set[Identity]
    returned_at: dict[str, datetime]
    effects: _Effects = field(default_factory=lambda: _Effects([], [], []))
    against: list[Against] = field(default_factory=list)
    kept: list[tuple[Line, ReportResult]] = field(default_factory=list)


def record_reports(
    session: Session, clock: Clock, actor: Actor, batch_id: str, lines: Sequence[Line]
) -> list[ReportResult]:
    """Apply each line; a bad line is answered by its row and keeps no other from being applied.
    All of them are kept. Raises BatchNotFound."""
    payments = _lock_payments(session, batch_id, lines)
    reading = _Reading(
        clock,
        actor,
        batch_id,
        payments,
        known_lines(session, batch_id, lines),
        last_returns(session, payments.values()),
    )
    results = [_answer(reading, line, row) for row, line in enumerate(lines, start=1)]
    lock_people(session, [each.payment.person_ref for each in reading.against])
    _write(session, clock, actor, reading.effects)
    hold_what_pays_again(session, clock, actor, reading.against)
    keep_lines(session, batch_id, clock.now(), reading.kept)
    return results


def _lock_payments(session: Session, batch_id: str, lines: Sequence[Line]) -> dict[str, Payment]:
    if session.get(PaymentBatch, batch_id) is None:
        raise BatchNotFound(batch=batch_id)
    ids = {line.end_to_end_id for line in lines if line.end_to_end_id is not None}
    named = (Payment.batch_id == batch_id) & Payment.end_to_end_id.in_(ids)
    # Cases before payments, both by id: the order of every transaction that takes both.
    cases = cases_of(batch_id, ids)
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


def _answer(reading: _Reading, line: Line, row: int) -> ReportResult:
    """What comes of one line, remembered to be kept unless it was kept before."""
    if isinstance(line, RefusedLine):
        result = ReportResult(row, line.end_to_end_id, REFUSED, errors=line.errors)
        reading.kept.append((line, result))
        return result
    end_to_end_id = line.end_to_end_id
    payment = reading.payments.get(end_to_end_id)
    try:
        if payment is None:
            raise PaymentNotInBatch(batch=reading.batch_id, end_to_end_id=end_to_end_id)
        _ensure_fits(payment, line)
        if identity(line) in reading.known:
            return ReportResult(row, end_to_end_id, REPEATED, payment.state)
        outcome = _apply(reading, payment, line)
        reading.known.add(identity(line))
        errors = [_speaks_against(reading, row)] if outcome == CONTRADICTS else []
        result = ReportResult(row, end_to_end_id, outcome, payment.state, errors)
    except DomainError as error:
        error.row = row
        state = None if payment is None else payment.state
        result = ReportResult(row, end_to_end_id, REFUSED, state, [error])
    reading.kept.append((line, result))
    return result


def _ensure_fits(payment: Payment, report: StatusReport) -> None:
    """A line known before is no repetition where it names another amount now. Raises
    LineContradictsPayment."""
    if report.amount_fen not in (None, payment.amount_fen):
        raise LineContradictsPayment(field="amount_fen", what=AMOUNT)
    if report.currency not in (None, "CNY"):
        raise LineContradictsPayment(field="currency", what=CURRENCY)
    if report.account is not None and not is_account(report.account, payment.account):
        raise LineContradictsPayment(field="account", what=ACCOUNT)


def _apply(reading: _Reading, payment: Payment, report: StatusReport) -> str:
    """Raises what speaks against the line."""
    latest = max(reading.clock.now(), wall_now())
    if not is_plausible(report.reported_at, latest):
        raise ImplausibleMoment(field="reported_at")
    if report.status is None:
        return NOTED
    state = PaymentState(payment.state)
    returned_at = reading.returned_at.get(payment.id)
    after_return = returned_at is not None and report.reported_at > returned_at
    code = contradiction_of(state, report.status, after_return=after_return)
    if code is not None:
        reading.against.append(Against(code, payment, report))
        return CONTRADICTS
    path = path_to(state, report.status)
    if path is None:
        raise PaymentStateConflict(state=payment.state, to=report.status)
    for state in path:
        payment.become(state, reading.clock.now(), report.reason_code)
        _follow(reading, payment, state, report)
    return APPLIED if path else REPEATED


def _speaks_against(reading: _Reading, row: int) -> DomainError:
    said = SAYS[reading.against[-1].code]
    return ReportSpeaksAgainstPayment(field="status", row=row, why=said)


def _follow(reading: _Reading, payment: Payment, state: PaymentState, report: StatusReport) -> None:
    clock, actor, batch_id, effects = (
        reading.clock,
        reading.actor,
        reading.batch_id,
        reading.effects,
    )
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


def _write(session: Session, clock: Clock, actor: Actor, effects: _Effects) -> None:
    session.flush()
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
