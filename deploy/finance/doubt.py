"""Which orders an earlier process may have sent, although this database does not say so.

A database that was lost, restored or is new does not know what went out before. So every start
doubts what waits in the database and what the feed had already: the bank is asked about it
first. Only what the feed numbers after that was certainly never sent."""

import threading

from deploy.finance.database import Connection


class Past:
    """`always`: another consumer may still be at work, so that nothing is certain."""

    def __init__(self, *, always: bool = False) -> None:
        self._always = always
        self._was_read = threading.Event()

    def was_read(self) -> None:
        """The feed was read to its end once."""
        self._was_read.set()

    @property
    def is_read(self) -> bool:
        return self._was_read.is_set()

    @property
    def may_hold_the_next(self) -> bool:
        return self._always or not self.is_read


def begin(connection: Connection) -> None:
    """At each start: what was being sent is asked about now, what was not sent is doubted."""
    connection.execute("UPDATE instructions SET ask_at = now() WHERE state = 'sending'")
    connection.execute(
        "UPDATE instructions SET doubted_at = now(), ask_at = NULL, asked = 0 "
        "WHERE state IN ('received', 'withheld')"
    )
