"""What was received from the bank: beside its payment, and in order for a batch."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.reports.model import PaymentReport


def lines_received(
    session: Session, batch_id: str, *, after: str | None, limit: int
) -> list[PaymentReport]:
    """Newest first, those too that name no payment of it; one more than `limit`."""
    query = select(PaymentReport).where(PaymentReport.batch_id == batch_id)
    if after is not None:
        query = query.where(PaymentReport.id < after)
    return list(session.scalars(query.order_by(PaymentReport.id.desc()).limit(limit + 1)))


def lines_about(session: Session, payment_ids: Sequence[str]) -> dict[str, list[PaymentReport]]:
    """Everything that was ever said of these payments, oldest first, by payment."""
    found: dict[str, list[PaymentReport]] = {}
    for row in session.scalars(
        select(PaymentReport)
        .where(PaymentReport.payment_id.in_(payment_ids))
        .order_by(PaymentReport.received_at_utc, PaymentReport.id)
    ):
        found.setdefault(str(row.payment_id), []).append(row)
    return found
