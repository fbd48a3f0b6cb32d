"""Asks the bank about payments whose outcome is not known, less often each time."""

from deploy.finance.bank import Answer, Bank
from deploy.finance.database import Connection, rows
from deploy.finance.outcomes import learn

LONGEST_WAIT_SECONDS = 60.0
NOT_BOOKED = "NOT_BOOKED"


def ask_due(
    connection: Connection, bank: Bank, *, ask_seconds: float, not_booked_seconds: float
) -> int:
    """Ask about what is due; answers how many. Raises Away when the bank does not answer."""
    due = rows(
        connection,
        "SELECT end_to_end_id, state, asked, coalesce(sending_at, doubted_at, received_at) "
        "< now() - make_interval(secs => %s) AS final "
        "FROM instructions WHERE state IN ('sending', 'sent', 'unknown') AND ask_at <= now() "
        "ORDER BY ask_at LIMIT 100",
        not_booked_seconds,
    )
    for row in due:
        answer = bank.ask(row["end_to_end_id"])
        wait = min(LONGEST_WAIT_SECONDS, ask_seconds * 2 ** min(int(row["asked"]), 10))
        _note(connection, row["end_to_end_id"], str(row["state"]), answer, bool(row["final"]))
        connection.execute(
            "UPDATE instructions SET asked = asked + 1, "
            "ask_at = now() + make_interval(secs => %s) "
            "WHERE end_to_end_id = %s AND state IN ('sending', 'sent', 'unknown')",
            (wait, row["end_to_end_id"]),
        )
    return len(due)


def _note(
    connection: Connection, end_to_end_id: str, state: str, answer: Answer, final: bool
) -> None:
    if answer.status == "pending":
        learn(connection, end_to_end_id, "sent", report_id=f"asked:{end_to_end_id}:sent")
        return
    if answer.status is not None:
        learn(
            connection,
            end_to_end_id,
            answer.status,
            report_id=f"asked:{end_to_end_id}:{answer.status}",
            reason_code=answer.reason_code,
        )
        return
    if final:
        # The bank knows of no such payment long after the order could have arrived: it was not
        # booked. That is an answer, and the payee is paid by a repair, not by sending again.
        learn(
            connection,
            end_to_end_id,
            "rejected",
            report_id=f"asked:{end_to_end_id}:not_booked",
            reason_code=NOT_BOOKED,
        )
    elif state == "sending":
        learn(connection, end_to_end_id, "unknown", report_id=f"unknown:{end_to_end_id}")
