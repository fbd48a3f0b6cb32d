"""What verification reads: one read-only snapshot of each database, and the bank's log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, RowMapping, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

SERVICES = ("nomination", "assessment", "subsidy")
FINANCE = "finance"
BANK = "bank"
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """`row` names the row, so that somebody can look at it; `where` is its database."""

    where: str
    row: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.where} {self.row}：{self.zh} / {self.en}"


@dataclass(frozen=True, slots=True)
class Evidence:
    databases: Mapping[str, Connection]
    bank: Sequence[Entry]

    def rows(self, database: str, sql: str) -> Sequence[RowMapping]:
        return self.databases[database].execute(text(sql)).mappings().all()


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement that finds the rows which break a rule; `row` is what it calls each. `zh` and
    `en` are filled from its columns."""

    sql: str
    zh: str
    en: str
    databases: Sequence[str] = SERVICES

    def violations(self, evidence: Evidence) -> Iterator[Violation]:
        for database in self.databases:
            for found in evidence.rows(database, self.sql):
                facts = dict(found)
                yield Violation(
                    database, str(facts["row"]), self.zh.format(**facts), self.en.format(**facts)
                )


@contextmanager
def open_evidence(environ: Mapping[str, str]) -> Iterator[Evidence]:
    """Each database as it stands at this moment. Changes nothing anywhere."""
    with ExitStack() as stack:
        databases = {
            name: stack.enter_context(_snapshot(environ[f"GONGJIANG_{name.upper()}_DATABASE_URL"]))
            for name in (*SERVICES, FINANCE)
        }
        yield Evidence(databases, bank_log(environ))


@contextmanager
def _snapshot(url: str) -> Iterator[Connection]:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        connect_args={"options": "-c default_transaction_read_only=on -c timezone=UTC"},
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def bank_log(environ: Mapping[str, str]) -> list[Entry]:
    """The bank's own journal: the file that GONGJIANG_BANK_LOG names, or that of this machine's
    state folder; else over HTTP."""
    journal = Path(environ.get("GONGJIANG_STATE") or "") / "bank.jsonl"
    if named := environ.get("GONGJIANG_BANK_LOG"):
        journal = Path(named)
    if named or (environ.get("GONGJIANG_STATE") and journal.exists()):
        whole = journal.read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]
    answer = httpx.get(f"{environ['GONGJIANG_BANK_URL']}/log", timeout=30.0)
    answer.raise_for_status()
    entries: list[Entry] = answer.json()["entries"]
    return entries
