"""What is learnt of a payment, written in one transaction with the report that tells subsidy."""

import logging
from datetime import datetime

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
) -> bool:
    """Move the payment on and note the report to be posted; False when that is old news, or a
    word that is not known here. `reported_at`: aware; None for now."""
    if state not in FROM:
        log.error("%s says %r of %s: not understood", report_id, state, end_to_end_id)
        return False
    with connection.transaction():
        known = connection.execute(
            "SELECT batch_id, state FROM instructions WHERE end_to_end_id = %s FOR UPDATE",
            (end_to_end_id,),
        ).fetchone()
        if known is None:
            log.error("%s: the bank speaks of a payment that was never instructed", report_id)
            return False
        contradiction = CONTRADICTS.get(state) == known["state"]
        if contradiction:
            log.error("%s says %s of a payment that is %s", report_id, state, known["state"])
        elif known["state"] not in FROM[state]:
            return False
        else:
            connection.execute(
                "UPDATE instructions SET state = %s, reason_code = %s, changed_at = now(), "
                "accepted_at = coalesce(accepted_at, CASE WHEN %s THEN now() END), "
                "ask_at = coalesce(ask_at, now()) WHERE end_to_end_id = %s",
                (state, reason_code, state == "sent", end_to_end_id),
            )
        if state in TOLD:
            connection.execute(
                "INSERT INTO reports (report_id, batch_id, end_to_end_id, status, reason_code, "
                "reported_at) VALUES (%s, %s, %s, %s, %s, coalesce(%s, now())) "
                "ON CONFLICT DO NOTHING",
                (report_id, known["batch_id"], end_to_end_id, state, reason_code, reported_at),
            )
    return not contradiction
