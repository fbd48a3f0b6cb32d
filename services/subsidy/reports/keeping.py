"""Keeps each line that was received, once, with what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.reports.lines import Line, RefusedLine, StatusReport
from services.subsidy.reports.model import PaymentReport
from services.subsidy.reports.rules import in_one_line
from shared.kernel.errors import DomainError
from shared.kernel.ids import new_id

APPLIED, NOTED, REPEATED = "applied", "noted", "repeated"
REFUSED, CONTRADICTS = "refused", "contradicts"
LONGEST = 200
ROWS_A_STATEMENT = 1000  # PostgreSQL takes 65,535 parameters
REPLACED = ("outcome", "error_code", "payment_id", "amount_fen", "reason_code", "information")
Identity = tuple[str, str, str]


@dataclass(frozen=True)
class ReportResult:
    """`outcome`: applied, noted (not final: nothing follows), repeated (nothing new), contradicts
    (it speaks against what is recorded: people look) or refused; see `errors`. `row` from 1."""

    row: int
    end_to_end_id: str | None
    outcome: str
    state: str | None = None
    errors: Sequence[DomainError] = ()

    @property
    def error(self) -> DomainError | None:
        return next(iter(self.errors), None)


def identity(report: StatusReport) -> Identity:
    return report.key, report.end_to_end_id, report.said


def known_lines(session: Session, batch_id: str, lines: Iterable[Line]) -> set[Identity]:
    """What was received before and did not have to be refused; ask under the payments' locks."""
    keys = {line.key for line in lines if isinstance(line, StatusReport)}
    rows = session.execute(
        select(PaymentReport.report_id, PaymentReport.end_to_end_id, PaymentReport.status).where(
            PaymentReport.batch_id == batch_id,
            PaymentReport.report_id.in_(keys),
            PaymentReport.outcome != REFUSED,
        )
    )
    return {(report_id, end_to_end_id, status) for report_id, end_to_end_id, status in rows}


def last_returns(session: Session, payments: Iterable[Payment]) -> dict[str, datetime]:
    """When the return of each returned payment was reported, by payment id."""
    returned = [each.id for each in payments if each.state == PaymentState.RETURNED]
    rows = session.execute(
        select(PaymentReport.payment_id, func.max(PaymentReport.reported_at_utc))
        .where(
            PaymentReport.payment_id.in_(returned),
            PaymentReport.status == PaymentState.RETURNED,
            PaymentReport.outcome == APPLIED,
        )
        .group_by(PaymentReport.payment_id)
    )
    return {str(payment_id): at for payment_id, at in rows if at is not None}


def keep_lines(
    session: Session,
    batch_id: str,
    at: datetime,
    lines: Sequence[tuple[Line, ReportResult]],
) -> None:
    """Each line with its result and its payment. A line that was refused before and is not now
    takes the place of what was kept of it."""
    payments = _payments_named(session, [line for line, _ in lines])
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line, result in lines:
        row = _row(batch_id, at, line, result)
        row["payment_id"] = payments.get(row["end_to_end_id"])
        rows.setdefault((row["report_id"], row["end_to_end_id"], row["status"]), row)
    kept = list(rows.values())
    for start in range(0, len(kept), ROWS_A_STATEMENT):
        statement = insert(PaymentReport).values(kept[start : start + ROWS_A_STATEMENT])
        taken = {name: statement.excluded[name] for name in REPLACED}
        session.execute(
            statement.on_conflict_do_update(
                constraint="uq_payment_reports_identity",
                set_=taken,
                where=PaymentReport.outcome == REFUSED,
            )
        )


def _payments_named(session: Session, lines: Sequence[Line]) -> dict[str, str]:
    """Of whatever batch: a line sent to the wrong one is shown beside its payment too."""
    named = {line.end_to_end_id for line in lines} - {None}
    rows = session.execute(
        select(Payment.end_to_end_id, Payment.id).where(Payment.end_to_end_id.in_(named))
    )
    return {end_to_end_id: payment_id for end_to_end_id, payment_id in rows}


def _row(batch_id: str, at: datetime, line: Line, result: ReportResult) -> dict[str, Any]:
    error = result.error
    kept: dict[str, Any] = {
        "id": new_id(),
        "batch_id": batch_id,
        "end_to_end_id": in_one_line(line.end_to_end_id or "", LONGEST),
        "status": line.said or "",
        "received_at_utc": at,
        "outcome": result.outcome,
        "error_code": None if error is None else error.code,
    }
    if isinstance(line, RefusedLine):
        return kept | {
            "report_id": f"{in_one_line(line.report_id or new_id(), LONGEST)}#{result.row}",
            "status": in_one_line(line.said or "", LONGEST),
            "reported_at_utc": None,
            "bank_status": None,
            "reason_code": None,
            "information": None,
            "amount_fen": None,
        }
    return kept | {
        "report_id": line.key,
        "reported_at_utc": None
        if error and error.code == "implausible_moment"
        else line.reported_at,
        "bank_status": line.bank_status,
        "reason_code": line.reason_code,
        "information": line.information,
        "amount_fen": line.amount_fen,
    }
