"""How long what is done with stays. The feed (event_log) and dead letters stay for ever."""

from __future__ import annotations

from sqlalchemy import Connection, TextClause, text

_AT_ONCE = 5000
_OUTBOX = text("""
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM outbox WHERE delivered_at_utc < now() - make_interval(secs => :seconds)
        ORDER BY id LIMIT :at_once)
""")
_INBOX = text("""
    DELETE FROM inbox WHERE (subscription, event_id) IN (
        SELECT subscription, event_id FROM inbox
        WHERE received_at_utc < now() - make_interval(secs => :seconds)
        ORDER BY received_at_utc LIMIT :at_once)
""")


def prune_outbox(connection: Connection, keep_days: float) -> int:
    """Deletes rows delivered longer ago, some thousands a transaction; how many."""
    return _prune(connection, _OUTBOX, keep_days)


def prune_inbox(connection: Connection, keep_days: float) -> int:
    """The position of a subscription still knows an event whose inbox row is gone."""
    return _prune(connection, _INBOX, keep_days)


def _prune(connection: Connection, statement: TextClause, keep_days: float) -> int:
    total = 0
    while True:
        with connection.begin():
            values = {"seconds": keep_days * 86400, "at_once": _AT_ONCE}
            deleted = connection.execute(statement, values).rowcount
        total += deleted
        if deleted < _AT_ONCE:
            return total
