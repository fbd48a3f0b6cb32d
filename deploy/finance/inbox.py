"""Takes events in the order of their numbers, each once. Calls neither the bus nor the feed."""

import logging
from collections.abc import Mapping
from enum import Enum
from typing import Any

from deploy.finance.database import Connection, rows
from deploy.finance.subsidy import FeedRestored

SOURCE = "subsidy"
INSTRUCTED = "subsidy.payment_instructed.v1"


log = logging.getLogger(__name__)


class Taken(Enum):
    NEW = "new"
    REPEATED = "repeated"
    GAP = "gap"


def position(connection: Connection) -> int:
    """The last number up to which nothing is missing; 0 before the first."""
    connection.execute(
        "INSERT INTO positions (source, last_sequence) VALUES (%s, 0) ON CONFLICT DO NOTHING",
        (SOURCE,),
    )
    row = connection.execute(
        "SELECT last_sequence FROM positions WHERE source = %s", (SOURCE,)
    ).fetchone()
    assert row is not None
    return int(row["last_sequence"])


def take(connection: Connection, event: Mapping[str, Any], *, doubted: bool) -> Taken:
    """One event in one transaction: its number, its inbox row and what it says. A number past
    the next one is a gap: nothing is written, and the feed has to be read first. `doubted`: an
    earlier process may have sent what it instructs. Raises FeedRestored for a number or an event
    that is known with another."""
    number = int(event["sequence"])
    with connection.transaction():
        position(connection)
        row = connection.execute(
            "SELECT last_sequence FROM positions WHERE source = %s FOR UPDATE", (SOURCE,)
        ).fetchone()
        assert row is not None
        last = int(row["last_sequence"])
        _ensure_same(connection, number, str(event["id"]))
        if number <= last:
            return Taken.REPEATED
        if number > last + 1:
            return Taken.GAP
        connection.execute(
            "UPDATE positions SET last_sequence = %s WHERE source = %s", (number, SOURCE)
        )
        new = connection.execute(
            "INSERT INTO inbox (event_id, sequence, type) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING RETURNING event_id",
            (event["id"], number, event["type"]),
        ).fetchone()
        if new is not None and event["type"] == INSTRUCTED:
            store(connection, event["data"], doubted=doubted)
    return Taken.NEW


def _ensure_same(connection: Connection, number: int, event_id: str) -> None:
    known = rows(
        connection,
        "SELECT sequence, event_id FROM inbox WHERE sequence = %s OR event_id = %s",
        number,
        event_id,
    )
    for row in known:
        if (int(row["sequence"]), row["event_id"]) != (number, event_id):
            raise FeedRestored(
                f"number {number} is {event_id}, and {row['event_id']} was taken as number "
                f"{row['sequence']}"
            )


def store(connection: Connection, data: Mapping[str, Any], *, doubted: bool) -> None:
    """An instruction is stored once, whatever brings it again: a restored subsidy may instruct a
    payment anew, in another batch."""
    stored = connection.execute(
        "INSERT INTO instructions "
        "(payment_id, end_to_end_id, batch_id, case_id, amount_fen, replaces, state, doubted_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, 'received', CASE WHEN %s THEN now() END) "
        "ON CONFLICT (payment_id) DO NOTHING RETURNING payment_id",
        (
            data["payment_id"],
            data["end_to_end_id"],
            data["batch_id"],
            data["case_id"],
            data["amount_fen"],
            data.get("replaces"),
            doubted,
        ),
    ).fetchone()
    if stored is None:
        _instructed_again(connection, data)


def _instructed_again(connection: Connection, data: Mapping[str, Any]) -> None:
    """What became of it is told to the batch that it is in now."""
    end_to_end_id, batch_id = data["end_to_end_id"], data["batch_id"]
    moved = connection.execute(
        "UPDATE instructions SET batch_id = %s WHERE payment_id = %s AND end_to_end_id = %s "
        "AND amount_fen = %s RETURNING state",
        (batch_id, data["payment_id"], end_to_end_id, data["amount_fen"]),
    ).fetchone()
    if moved is None:
        log.error("%s is instructed again, with another content: ignored", data["payment_id"])
        return
    log.error("%s is instructed again, and is %s already", end_to_end_id, moved["state"])
    connection.execute(
        "UPDATE reports SET batch_id = %s, posted_at = NULL WHERE end_to_end_id = %s",
        (batch_id, end_to_end_id),
    )
