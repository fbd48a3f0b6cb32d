"""The first commit of the relay: every committed event gets the next number and moves from the
outbox into the feed, before anybody is told."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

log = logging.getLogger(__name__)

_LOCK = text("SELECT last_sequence FROM sequence_counter WHERE id = 1 FOR UPDATE")
_FIRST = text(
    "INSERT INTO sequence_counter (id, last_sequence) VALUES (1, 0) ON CONFLICT DO NOTHING"
)
# The number is text in the event, padded so that it sorts (CloudEvents sequence extension). The
# bounds say nothing new: they keep the planner from reading the whole outbox for a batch.
_NUMBER = text("""
    WITH fresh AS (
        SELECT id, case_id, content, :last + row_number() OVER (ORDER BY id) AS number
        FROM (
            SELECT id, case_id, content FROM outbox
            WHERE delivered_at_utc IS NULL AND kind = 'event' AND sequence IS NULL
            ORDER BY id LIMIT :most
        ) AS unnumbered
    ), logged AS (
        INSERT INTO event_log (sequence, event_id, type, case_id, event)
        SELECT number, content->>'id', content->>'type', case_id,
               content || jsonb_build_object('sequence', lpad(number::text, 12, '0'))
        FROM fresh
    )
    UPDATE outbox SET sequence = fresh.number, content = NULL FROM fresh
    WHERE outbox.id = fresh.id
      AND outbox.id BETWEEN (SELECT min(id) FROM fresh) AND (SELECT max(id) FROM fresh)
""")
# Of events published twice the first stays; both may be here, or one in the feed already.
_FORGET = text("""
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM (
            SELECT id, content->>'id' AS event_id,
                   row_number() OVER (PARTITION BY content->>'id' ORDER BY id) AS nth
            FROM outbox WHERE delivered_at_utc IS NULL AND kind = 'event' AND sequence IS NULL
        ) AS unnumbered
        WHERE nth > 1 OR EXISTS (SELECT 1 FROM event_log e WHERE e.event_id = unnumbered.event_id)
    ) RETURNING case_id, content->>'id' AS event_id
""")
_COUNT = text("UPDATE sequence_counter SET last_sequence = :last WHERE id = 1")


def number_events(connection: Connection, most: int = 1000) -> int:
    """Numbers up to `most` committed events in the order of the outbox, in one transaction of its
    own; how many. An event published before is dropped and logged: it would stop all that come
    after it."""
    try:
        return _number(connection, most)
    except IntegrityError:
        with connection.begin():
            for row in connection.execute(_FORGET):
                log.error("event %s of %s was published before", row.event_id, row.case_id)
        return _number(connection, most)


def _number(connection: Connection, most: int) -> int:
    """The counter's lock is taken by a statement before the one that reads, so that what another
    relay numbered meanwhile is seen."""
    with connection.begin():
        last = connection.execute(_LOCK).scalar_one_or_none()
        if last is None:
            connection.execute(_FIRST)
            last = connection.execute(_LOCK).scalar_one()
        numbered = connection.execute(_NUMBER, {"last": last, "most": most}).rowcount
        if numbered:
            connection.execute(_COUNT, {"last": last + numbered})
    return numbered
