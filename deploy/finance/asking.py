"""Asks the bank about payments whose outcome is not known, less often each time."""

import logging
from typing import Any

from deploy.finance.bank import Bank
from deploy.finance.database import Connection, rows
from deploy.finance.outcomes import NO_LONGER_KNOWN, learn

LONGEST_WAIT_SECONDS = 60.0
NOT_BOOKED = "NOT_BOOKED"

log = logging.getLogger(__name__)


def ask_due(
    connection: Connection, bank: Bank, *, ask_seconds: float, not_booked_seconds: float
) -> int:
    """Ask about what is due; answers how many. Raises Away when the bank does not answer."""
    due = rows(
        connection,
        "SELECT end_to_end_id, state, asked, accepted_at IS NOT NULL AS accepted, "
        "coalesce(sending_at, doubted_at, received_at) "
        "< now() - make_interval(secs => %s) AS long_ago "
        "FROM instructions WHERE state IN ('sending', 'sent', 'unknown') AND ask_at <= now() "
        "ORDER BY ask_at LIMIT 100",
        not_booked_seconds,
    )
    for row in due:
        # before the bank is asked: a payment it cannot answer about does not hold up the others
        wait = min(LONGEST_WAIT_SECONDS, ask_seconds * 2 ** min(int(row["asked"]), 10))
        connection.execute(
            "UPDATE instructions SET asked = asked + 1, "
            "ask_at = now() + make_interval(secs => %s) "
            "WHERE end_to_end_id = %s AND state IN ('sending', 'sent', 'unknown')",
            (wait, row["end_to_end_id"]),
        )
        answer = bank.ask(row["end_to_end_id"])
        if answer.status is None:
            _has_none(connection, row)
            continue
        state = "sent" if answer.status == "pending" else answer.status
        learn(
            connection,
            row["end_to_end_id"],
            state,
            report_id=f"asked:{row['end_to_end_id']}:{state}",
            reason_code=answer.reason_code,
            amount_fen=answer.amount_fen,
        )
    return len(due)


def _has_none(connection: Connection, row: dict[str, Any]) -> None:
    """The bank says that it has no such payment."""
    end_to_end_id = row["end_to_end_id"]
    if row["accepted"]:
        # It had the order before, and may have paid it: no answer that a repair could rest on.
        if learn(
            connection,
            end_to_end_id,
            "unknown",
            report_id=f"forgotten:{end_to_end_id}",
            reason_code=NO_LONGER_KNOWN,
        ):
            log.error("%s: the bank took it, and has no such payment now", end_to_end_id)
    elif row["long_ago"]:
        # Long after the order could have arrived: it was not booked. That is an answer, and the
        # payee is paid by a repair, not by sending again.
        learn(
            connection,
            end_to_end_id,
            "rejected",
            report_id=f"asked:{end_to_end_id}:not_booked",
            reason_code=NOT_BOOKED,
        )
    elif row["state"] == "sending":
        learn(connection, end_to_end_id, "unknown", report_id=f"unknown:{end_to_end_id}")
