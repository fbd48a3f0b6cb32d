"""Batches that subsidy has trouble with wait by themselves and do not hold up the others."""

import logging

from deploy.finance.database import Connection

LONGEST_WAIT_SECONDS = 60
READ, REPORT = "read", "report"

log = logging.getLogger(__name__)


def put_off(connection: Connection, batch_id: str, what: str, reason: str) -> None:
    """Try this batch again later, less often each time; logged once as an error."""
    row = connection.execute(
        "INSERT INTO batch_troubles AS known (batch_id, what, again_at, reason) "
        "VALUES (%s, %s, now() + interval '1 second', %s) "
        "ON CONFLICT (batch_id, what) DO UPDATE SET tried = known.tried + 1, "
        "reason = excluded.reason, "
        "again_at = now() + make_interval(secs => least(%s, 2 ^ least(known.tried, 10))) "
        "RETURNING tried",
        (batch_id, what, reason, LONGEST_WAIT_SECONDS),
    ).fetchone()
    if row is not None and row["tried"] == 1:
        log.error("batch %s waits (%s): %s", batch_id, what, reason)


def is_over(connection: Connection, batch_id: str, what: str) -> None:
    connection.execute(
        "DELETE FROM batch_troubles WHERE batch_id = %s AND what = %s", (batch_id, what)
    )
