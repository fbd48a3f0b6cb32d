"""What is learnt of a payment, written in one transaction with the report that tells subsidy."""

import logging
from datetime import datetime

from psycopg.rows import DictRow

from deploy.finance.database import Connection

# state -> where it may come from; anything else is old news and changes nothing
NOT_SENT = ("received", "withheld")  # by this database: an earlier process may have sent it
FROM = {
    "sent": (*NOT_SENT, "sending", "unknown"),
    "unknown": ("sending", "sent"),
    "settled": (*NOT_SENT, "sending", "sent", "unknown"),
    "rejected": (*NOT_SENT, "sending", "sent", "unknown"),
    "returned": (*NOT_SENT, "sending", "sent", "unknown", "settled"),
}
TOLD = ("unknown", "settled", "rejected", "returned")
# These cannot both be true: told to subsidy all the same, which refuses the line and says so.
CONTRADICTS = {"settled": "rejected", "rejected": "settled", "returned": "rejected"}

# The reason of an "unknown": the bank took the order and now says that it has no such payment.
NO_LONGER_KNOWN = "NO_LONGER_KNOWN"

log = logging.getLogger(__name__)


def learn(
    connection: Connection,
    end_to_end_id: str,
    state: str,
    *,
    report_id: str,
    reason_code: str | None = None,
    reported_at: datetime | None = None,
    amount_fen: int | None = None,
) -> bool:
    """Move the payment on and note the report to be posted; False when that is old news, or a
    word that is not known here. `reported_at`: aware; None for now. `amount_fen`: as the bank says
    it; another than the instructed one belongs to another order: subsidy is told, which refuses
    the line and keeps it."""
    if state not in FROM:
        log.error("%s says %r of %s: not understood", report_id, state, end_to_end_id)
        return False
    with connection.transaction():
        known = connection.execute(
            "SELECT batch_id, state, amount_fen FROM instructions WHERE end_to_end_id = %s "
            "FOR UPDATE",
            (end_to_end_id,),
        ).fetchone()
        if known is None:
            log.error("%s: the bank speaks of a payment that was never instructed", report_id)
            return False
        against = _speaks_against(known, state, amount_fen)
        if against:
            log.error("%s of %s: %s", report_id, end_to_end_id, against)
        elif known["state"] not in FROM[state]:
            return False
        else:
            _become(connection, end_to_end_id, state, reason_code)
        if state in TOLD:
            told = (report_id, known["batch_id"], end_to_end_id, state, reason_code, amount_fen)
            _keep_report(connection, *told, reported_at)
    return not against


def _speaks_against(known: DictRow, state: str, amount_fen: int | None) -> str | None:
    if amount_fen not in (None, known["amount_fen"]):
        return f"{amount_fen} fen, instructed were {known['amount_fen']}"
    if CONTRADICTS.get(state) == known["state"]:
        return f"{state}, it is {known['state']}"
    return None


def _become(
    connection: Connection, end_to_end_id: str, state: str, reason_code: str | None
) -> None:
    connection.execute(
        "UPDATE instructions SET state = %s, reason_code = %s, changed_at = now(), "
        "accepted_at = coalesce(accepted_at, CASE WHEN %s THEN now() END), "
        "ask_at = coalesce(ask_at, now()) WHERE end_to_end_id = %s",
        (state, reason_code, state == "sent", end_to_end_id),
    )


def _keep_report(connection: Connection, *columns: object) -> None:
    """To be posted; kept once."""
    connection.execute(
        "INSERT INTO reports (report_id, batch_id, end_to_end_id, status, reason_code, amount_fen, "
        "reported_at) VALUES (%s, %s, %s, %s, %s, %s, coalesce(%s, now())) ON CONFLICT DO NOTHING",
        columns,
    )
