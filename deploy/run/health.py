"""What the databases say is wrong, each finding with what to do about it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in both languages, and what to do."""

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def __str__(self) -> str:
        return f"✗ {self.zh}\n  {self.en}\n    → {self.remedy_zh}\n    → {self.remedy_en}"


@dataclass(frozen=True, slots=True)
class Question:
    """A query that answers one row for each thing that is wrong, most telling columns first."""

    needs: tuple[str, ...]
    sql: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


_PARKED = Question(
    needs=("blocked_cases",),
    sql="select case_id, left(last_error, 80) from blocked_cases where parked_at_utc is not null",
    zh="{count} 个案件的消息多次发送失败，已搁置：{some}",
    en="{count} cases are parked: their messages failed to be delivered",
    remedy_zh="排除原因后重放：make free SERVICE={service}",
    remedy_en="mend the cause, then: make free SERVICE={service}",
)
_DEAD = Question(
    needs=("dead_letters",),
    sql="select type, left(reason, 80) from dead_letters where replayed_at_utc is null",
    zh="{count} 个事件处理失败，进入死信：{some}",
    en="{count} events were given up and are dead letters",
    remedy_zh="排除原因后重放：make replay SERVICE={service}",
    remedy_en="mend the cause, then: make replay SERVICE={service}",
)
_LATE = Question(
    needs=("outbox",),
    sql=(
        "select case_id, kind from outbox where delivered_at_utc is null"
        " and created_at_utc < now() - interval '60 seconds'"
    ),
    zh="{count} 条消息超过一分钟未发出：{some}",
    en="{count} messages have waited for more than a minute",
    remedy_zh="查看转发进程：make status；make logs NAME={service}-relay",
    remedy_en="look at the relay: make status; make logs NAME={service}-relay",
)
_UNLINKED = Question(
    needs=("audit_pending", "audit_entries"),
    # An entry's own time is business time; its row's age is seen from the newest linked one.
    sql=(
        "select entry_id from audit_pending where entry_id <"
        " (select coalesce(max(entry_id), 0) from audit_chain)"
        " union all select max(entry_id) from audit_pending having count(*) > 5000"
    ),
    zh="{count} 条审计记录落在链外：{some}",
    en="{count} audit entries are not linked into the chain",
    remedy_zh="确认转发进程在运行；核对：make verify",
    remedy_en="see that the relay runs; then: make verify",
)
_STUCK = Question(
    needs=("cases", "case_steps", "outbox"),
    sql=(
        "select c.id, c.procedure from cases c where c.status = 'in_progress'"
        " and not exists (select 1 from case_steps s"
        "  where s.case_id = c.id and s.status = 'open')"
        " and not exists (select 1 from outbox o"
        "  where o.case_id = c.id and (o.delivered_at_utc is null"
        "   or o.delivered_at_utc > now() - interval '60 seconds'))"
    ),
    zh="{count} 个办理中的案件没有任何在办环节：{some}",
    en="{count} cases in progress have no open step",
    remedy_zh="查看工作进程日志：make logs NAME={service}-worker",
    remedy_en="read the worker's log: make logs NAME={service}-worker",
)
QUESTIONS = (_PARKED, _DEAD, _LATE, _UNLINKED, _STUCK)


def examine(dsn: str, service: str) -> Iterator[Finding]:
    """Raises psycopg.OperationalError where the database does not answer."""
    with psycopg.connect(dsn, connect_timeout=5, autocommit=True) as session:
        for question in QUESTIONS:
            if not all(_exists(session, table) for table in question.needs):
                continue
            rows = session.execute(question.sql.encode()).fetchall()
            if rows:
                yield _finding(question, service, rows)


def _exists(session: psycopg.Connection[tuple[object, ...]], table: str) -> bool:
    row = session.execute("select to_regclass(%s) is not null", (table,)).fetchone()
    return bool(row and row[0])


def _finding(question: Question, service: str, rows: list[tuple[object, ...]]) -> Finding:
    some = "；".join(" ".join(map(str, row)) for row in rows[:3])
    facts = {"count": len(rows), "some": some, "service": service}
    en = f"{question.en}: {some}"
    return Finding(
        f"{service}：{question.zh.format(**facts)}",
        f"{service}: {en.format(**facts)}" if "{count}" in question.en else f"{service}: {en}",
        question.remedy_zh.format(**facts),
        question.remedy_en.format(**facts),
    )
