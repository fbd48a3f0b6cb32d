"""What waits, what is parked: read by the doctor, freed by command."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, text

_BACKLOG = text("""
    SELECT count(*) AS waiting,
           coalesce(extract(epoch FROM now() - min(created_at_utc)), 0)::float8 AS oldest_seconds,
           (SELECT count(*) FROM blocked_cases WHERE parked_at_utc IS NOT NULL) AS parked,
           (SELECT count(*) FROM dead_letters WHERE replayed_at_utc IS NULL) AS dead_letters
    FROM outbox WHERE delivered_at_utc IS NULL
""")
_PARKED = text("""
    SELECT case_id, outbox_id, attempts, last_error, parked_at_utc FROM blocked_cases
    WHERE parked_at_utc IS NOT NULL ORDER BY parked_at_utc, case_id
""")
_FREE = text("""
    UPDATE blocked_cases SET parked_at_utc = NULL, attempts = 0, next_attempt_at_utc = now()
    WHERE parked_at_utc IS NOT NULL AND (:every OR case_id = ANY(:cases))
""")


@dataclass(frozen=True)
class Backlog:
    """Rows not delivered yet and the age of the oldest; parked cases; letters not replayed."""

    waiting: int
    oldest_seconds: float
    parked: int
    dead_letters: int


def backlog(connection: Connection) -> Backlog:
    row = connection.execute(_BACKLOG).one()
    return Backlog(row.waiting, row.oldest_seconds, row.parked, row.dead_letters)


def parked_cases(connection: Connection) -> list[Row[str, int, int, str, object]]:
    """(case_id, outbox_id, attempts, last_error, parked_at_utc), the longest parked first."""
    return list(connection.execute(_PARKED).all())


def free_cases(connection: Connection, case_ids: list[str] | None = None) -> int:
    """The relay tries these again, or all that are parked; how many."""
    values = {"every": case_ids is None, "cases": case_ids or []}
    return connection.execute(_FREE, values).rowcount
