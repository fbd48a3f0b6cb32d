"""After subsidy was restored from a copy: reads on from where its feed still says what was read.

What the bank was told stays known here, so that a payment that subsidy instructs a second time is
not sent a second time; and subsidy is told all outcomes again, because it may have lost them."""

from dataclasses import dataclass

from deploy.finance.database import Connection, rows
from deploy.finance.inbox import SOURCE, position
from deploy.finance.subsidy import FeedRestored, Subsidy


@dataclass(frozen=True)
class Followed:
    """`number`: the last one that both sides know. `forgotten`: the payments whose instruction
    subsidy may have lost, as `end_to_end_id state`."""

    number: int
    forgotten: list[str]


def follow(connection: Connection, subsidy: Subsidy) -> Followed:
    """The caller holds the lock of the active process. May be done again. Raises Away."""
    number = _last_common(connection, subsidy)
    with connection.transaction():
        forgotten = rows(
            connection,
            "SELECT end_to_end_id, state FROM instructions WHERE received_at >= "
            "(SELECT min(received_at) FROM inbox WHERE sequence > %s) ORDER BY end_to_end_id",
            number,
        )
        connection.execute("DELETE FROM inbox WHERE sequence > %s", (number,))
        connection.execute(
            "UPDATE positions SET last_sequence = %s WHERE source = %s", (number, SOURCE)
        )
        connection.execute("UPDATE reports SET posted_at = NULL")
    return Followed(number, [f"{row['end_to_end_id']} {row['state']}" for row in forgotten])


def _last_common(connection: Connection, subsidy: Subsidy) -> int:
    """Everything after a number that differs differs too: halves what is left to look at."""
    same, differs = 0, position(connection) + 1
    while differs - same > 1:
        middle = (same + differs) // 2
        if _is_same(connection, subsidy, middle):
            same = middle
        else:
            differs = middle
    return same


def _is_same(connection: Connection, subsidy: Subsidy, number: int) -> bool:
    try:
        events = subsidy.events(number - 1, 1)
    except FeedRestored:
        return False
    taken = rows(connection, "SELECT event_id FROM inbox WHERE sequence = %s", number)
    found = [(int(event["sequence"]), event["id"]) for event in events]
    return found == [(number, row["event_id"]) for row in taken]
