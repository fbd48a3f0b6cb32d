"""The second commits of the relay: numbered rows go where they go, strictly in order within a
case, side by side across cases."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.messaging.failures import Unavailable, describe, is_outage
from shared.messaging.publishing import Message, Publisher
from shared.messaging.tables import EVENT, SIGNAL, START
from shared.messaging.workflow_sink import Call, WorkflowCalls, WorkflowNotFound

log = logging.getLogger(__name__)

CaseIsClosed = Callable[[Connection, str], bool]

# `held`: kinds whose other side is away. A case waits as a whole from its first such row on.
# `besides`: cases of which rows are under way. NOT IN, where a join would do: so the planner keeps
# to the index's order, and what a batch costs does not grow with the backlog.
_NEXT = text("""
    SELECT due.*, coalesce(b.attempts, 0) AS attempts, e.type, e.event::text AS body
    FROM (
        SELECT o.id, o.case_id, o.kind, o.sequence, o.content->>'signal' AS signal
        FROM outbox o
        WHERE o.delivered_at_utc IS NULL
          AND o.case_id NOT IN (SELECT unnest(CAST(:besides AS text[])))
          AND o.case_id NOT IN (
            SELECT case_id FROM blocked_cases
            WHERE parked_at_utc IS NOT NULL OR next_attempt_at_utc > now())
          AND (:none_held OR NOT EXISTS (
            SELECT 1 FROM outbox h WHERE h.case_id = o.case_id AND h.id <= o.id
               AND h.delivered_at_utc IS NULL AND h.kind = ANY(:held)))
        ORDER BY o.id LIMIT :most
    ) AS due
    LEFT JOIN event_log e ON e.sequence = due.sequence
    LEFT JOIN blocked_cases b ON b.outbox_id = due.id
    ORDER BY due.id
""")
# A mark that a crash forgets is set again: its rows are sent twice, which everybody bears.
_UNHURRIED = text("SET LOCAL synchronous_commit = off")
_DELIVERED = text("UPDATE outbox SET delivered_at_utc = now() WHERE id = ANY(:ids)")
_UNBLOCK = text("DELETE FROM blocked_cases WHERE outbox_id = ANY(:ids)")
_BLOCK = text("""
    INSERT INTO blocked_cases
        (case_id, outbox_id, attempts, last_error, next_attempt_at_utc, parked_at_utc)
    VALUES (:case_id, :outbox_id, :attempts, :error, now() + make_interval(secs => :delay),
            CASE WHEN :parked THEN now() END)
    ON CONFLICT (case_id) DO UPDATE SET outbox_id = excluded.outbox_id,
        attempts = excluded.attempts, last_error = excluded.last_error,
        next_attempt_at_utc = excluded.next_attempt_at_utc, parked_at_utc = excluded.parked_at_utc
""")


@dataclass(frozen=True)
class Limits:
    """`attempts`: after as many failures a row parks its case. Delays in seconds."""

    batch: int = 2000
    attempts: int = 10
    first_delay: float = 0.2
    longest_delay: float = 60.0
    longest_hold: float = 5.0


class Delivery:
    def __init__(
        self,
        publisher: Publisher,
        calls: WorkflowCalls,
        case_is_closed: CaseIsClosed,
        limits: Limits,
    ) -> None:
        self._publisher, self._calls, self._limits = publisher, calls, limits
        self._case_is_closed = case_is_closed
        self._bus = _Hold((EVENT,), limits)
        self._workflows = _Hold((START, SIGNAL), limits)

    def read(self, connection: Connection, besides: Iterable[str] = ()) -> Batch:
        """What is due next, of other cases than `besides`."""
        held = [*self._bus.kinds(), *self._workflows.kinds()]
        given = {"none_held": not held, "held": held, "besides": list(besides)}
        with connection.begin():
            rows = connection.execute(_NEXT, {**given, "most": self._limits.batch}).all()
        return Batch(rows, len(rows) == self._limits.batch)

    def deliver(self, connection: Connection, batch: Batch) -> int:
        """Sends round by round, and commits after each; how many rows arrived."""
        arrived = 0
        for rows in batch.rounds():
            failures, waiting = self._send(connection, rows)
            stopped = failures.keys() | waiting
            delivered = [row for row in rows if row.id not in stopped] if stopped else rows
            self._settle(connection, delivered, failures, rows)
            batch.stop_cases(row.case_id for row in rows if row.id in stopped)
            arrived += len(delivered)
        return arrived

    def _send(
        self, connection: Connection, rows: list[Row[Any]]
    ) -> tuple[dict[int, str], set[int]]:
        """{outbox id: error} of the rows that failed, and the ids that wait for the other side."""
        messages = [Message(r.id, r.type, r.body) for r in rows if r.kind == EVENT]
        calls = [Call(r.id, r.case_id, r.signal) for r in rows if r.kind != EVENT]
        pending = self._calls.begin(calls) if calls else None
        failures, waiting = self._publish(messages) if messages else ({}, set())
        if pending is not None:
            errors = pending.result()
            if errors and len(errors) == len(calls) and all(map(is_outage, errors.values())):
                self._workflows.away(next(iter(errors.values())))
                waiting |= errors.keys()
                return failures, waiting
            self._workflows.back()
            errors = self._revive(connection, calls, errors)
            failures |= {id: describe(error) for id, error in errors.items()}
        return failures, waiting

    def _publish(self, messages: list[Message]) -> tuple[dict[int, str], set[int]]:
        try:
            refused = self._publisher.publish(messages)
        except Unavailable as error:
            self._bus.away(error)
            return {}, {message.id for message in messages}
        self._bus.back()
        return dict(refused), set()

    def _revive(
        self, connection: Connection, calls: list[Call], errors: dict[int, Exception]
    ) -> dict[int, Exception]:
        """The errors that are left. A signal that found no workflow has arrived where its case is
        closed. Where the case is open the workflow server has lost it: it is started again, and
        reads in the database where the case stands."""
        lost = [each for each in calls if isinstance(errors.get(each.outbox_id), WorkflowNotFound)]
        if not lost:
            return errors
        with connection.begin():
            open_ones = [it for it in lost if not self._case_is_closed(connection, it.case_id)]
        for call in open_ones:
            log.warning("case %s has no workflow: it is started again", call.case_id)
        again = self._calls.begin([replace(call, revives=True) for call in open_ones]).result()
        done = {call.outbox_id for call in lost} - again.keys()
        return {id: error for id, error in {**errors, **again}.items() if id not in done}

    def _settle(
        self,
        connection: Connection,
        delivered: list[Row[Any]],
        failures: dict[int, str],
        rows: list[Row[Any]],
    ) -> None:
        with connection.begin():
            connection.execute(_UNHURRIED)
            if delivered:
                connection.execute(_DELIVERED, {"ids": [row.id for row in delivered]})
            if tried_before := [row.id for row in delivered if row.attempts]:
                connection.execute(_UNBLOCK, {"ids": tried_before})
            for row in rows if failures else ():
                if row.id in failures:
                    connection.execute(_BLOCK, self._blocked(row, failures[row.id]))

    def _blocked(self, row: Row[Any], error: str) -> dict[str, Any]:
        attempts = row.attempts + 1
        parked = attempts >= self._limits.attempts
        delay = min(self._limits.first_delay * 2 ** (attempts - 1), self._limits.longest_delay)
        level = logging.ERROR if parked else logging.WARNING
        log.log(
            level, "outbox row %s of case %s failed %s times, parked=%s: %s",
            row.id, row.case_id, attempts, parked, error,
        )  # fmt: skip
        return {
            "case_id": row.case_id,
            "outbox_id": row.id,
            "attempts": attempts,
            "error": error,
            "delay": delay,
            "parked": parked,
        }


class Batch:
    """Rows that are due, each case's in their order. `is_full`: there may be more."""

    def __init__(self, rows: Sequence[Row[Any]], is_full: bool) -> None:
        self.is_full = is_full
        self._lines: dict[str, list[Row[Any]]] = {}
        unnumbered: set[str] = set()
        for row in rows:
            if row.kind == EVENT and row.body is None:
                unnumbered.add(row.case_id)
            if row.case_id not in unnumbered:
                self._lines.setdefault(row.case_id, []).append(row)

    @property
    def cases(self) -> list[str]:
        return list(self._lines)

    def rounds(self) -> Iterator[list[Row[Any]]]:
        """The next row of every case together, then the next but one, and so on."""
        depth = 0
        while rows := [line[depth] for line in self._lines.values() if len(line) > depth]:
            yield rows
            depth += 1

    def stop_cases(self, cases: Iterable[str]) -> None:
        for case_id in cases:
            self._lines.pop(case_id, None)


class _Hold:
    """While the other side is away its rows wait, without counting, and the rest goes on."""

    def __init__(self, kinds: tuple[str, ...], limits: Limits) -> None:
        self._kinds, self._limits = kinds, limits
        self._delay, self._until = 0.0, 0.0

    def kinds(self) -> tuple[str, ...]:
        return self._kinds if time.monotonic() < self._until else ()

    def away(self, error: Exception) -> None:
        if not self._delay:
            log.warning("%s rows wait, the other side is away: %s", self._kinds[0], describe(error))
        self._delay = min(max(self._delay * 2, self._limits.first_delay), self._limits.longest_hold)
        self._until = time.monotonic() + self._delay

    def back(self) -> None:
        if self._delay:
            log.info("%s rows go on", self._kinds[0])
        self._delay, self._until = 0.0, 0.0
