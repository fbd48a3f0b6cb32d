"""The feeds: numbers without a gap, nothing left undelivered, every reader in step."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.verify.evidence import FINANCE, Evidence, Rule, Violation
from shared.messaging.topology import ROUTES, Route

# Consumers forget what they took after thirty days; what is older is known by their position.
REMEMBERED_DAYS = 25

RULES = (
    Rule(
        """SELECT sequence AS row, before + 1 AS missing FROM (
               SELECT sequence, lag(sequence, 1, 0) OVER (ORDER BY sequence) AS before
               FROM event_log) numbered
           WHERE sequence <> before + 1""",
        "事件缺号：自 {missing} 号起，至本号之前",
        "events are missing from number {missing} up to this one",
    ),
    Rule(
        """SELECT c.last_sequence AS row, coalesce(max(e.sequence), 0) AS last
           FROM sequence_counter c LEFT JOIN event_log e ON true
           GROUP BY c.last_sequence HAVING coalesce(max(e.sequence), 0) <> c.last_sequence""",
        "已编到本号，事件记录只到 {last} 号",
        "numbers were given up to this one, the feed ends at {last}",
    ),
    Rule(
        """SELECT sequence AS row, type FROM event_log
           WHERE event->>'id' <> event_id OR event->>'type' <> type
              OR (event->>'sequence')::bigint IS DISTINCT FROM sequence""",
        "事件内容与其编号、类型不符：{type}",
        "the event's content is not that of its number and type: {type}",
    ),
    Rule(
        """SELECT o.id AS row, o.kind, o.case_id AS case_id, b.last_error AS error
           FROM outbox o LEFT JOIN blocked_cases b USING (case_id)
           WHERE o.delivered_at_utc IS NULL AND (b.parked_at_utc IS NOT NULL
                 OR o.created_at_utc < now() - interval '60 seconds')""",
        "{case_id} 的 {kind} 一直没有送出：{error}",
        "{kind} of {case_id} is not delivered: {error}",
    ),
    Rule(
        """SELECT o.id AS row, o.case_id AS case_id FROM outbox o
           LEFT JOIN event_log e ON e.sequence = o.sequence
           WHERE o.kind = 'event' AND o.delivered_at_utc IS NOT NULL
             AND (e.sequence IS NULL OR e.case_id <> o.case_id)""",
        "已送出的事件不在事件记录里（{case_id}）",
        "an event that was delivered is not in the feed ({case_id})",
    ),
    Rule(
        "SELECT id AS row, type, reason FROM dead_letters WHERE replayed_at_utc IS NULL",
        "死信 {type}：{reason}",
        "a dead letter, {type}: {reason}",
    ),
)


def violations(evidence: Evidence) -> Iterator[Violation]:
    for route in ROUTES:
        yield from _in_step(evidence, route)


def _in_step(evidence: Evidence, route: Route) -> Iterator[Violation]:
    """The reader has come to the feed's end, and took every event that it reads."""
    feed = evidence.rows(
        route.source,
        "SELECT sequence, event_id, type, "
        f"numbered_at_utc > now() - interval '{REMEMBERED_DAYS} days' AS recent FROM event_log",
    )
    position, taken = _reader(evidence, route)
    end = max((row["sequence"] for row in feed), default=0)
    reader = f"{route.subscriber} ← {route.source}"
    if position != end:
        yield Violation(
            route.subscriber, reader, f"读到 {position} 号，事件已到 {end} 号",
            f"has read up to {position}; the feed ends at {end}",
        )  # fmt: skip
    for row in feed:
        wanted = row["type"] in route.types and row["recent"] and row["sequence"] <= position
        if wanted and row["event_id"] not in taken:
            yield Violation(
                route.subscriber, f"{route.source} {row['sequence']}",
                f"越过了事件 {row['type']}", f"passed over an event of {row['type']}",
            )  # fmt: skip


def _reader(evidence: Evidence, route: Route) -> tuple[int, set[str]]:
    if route.subscriber == FINANCE:
        positions = evidence.rows(FINANCE, "SELECT source, last_sequence FROM positions")
        taken = evidence.rows(FINANCE, "SELECT event_id FROM inbox")
    else:
        positions = evidence.rows(
            route.subscriber,
            "SELECT source, last_sequence FROM consumer_positions "
            f"WHERE subscription = '{route.subscriber}'",
        )
        taken = evidence.rows(
            route.subscriber,
            f"SELECT event_id FROM inbox WHERE subscription = '{route.subscriber}'",
        )
    last = {row["source"]: row["last_sequence"] for row in positions}
    return int(last.get(route.source, 0)), {row["event_id"] for row in taken}
