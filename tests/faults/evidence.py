"""What really happened, read from the databases, the finance system's books and the bank's log:
never from what the system says of itself over HTTP."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from sqlalchemy import make_url

from deploy.run.specification import tool
from shared.audit.chain import not_linked, verify
from shared.persistence import open_engine
from tests.servers.system import System

SERVICES = ("nomination", "assessment", "subsidy")


@dataclass(frozen=True)
class Payment:
    id: str
    case_id: str
    state: str
    reason_code: str | None
    end_to_end_id: str
    amount_fen: int


@dataclass(frozen=True)
class Paid:
    """`instructed`: payment ids by event; `received`: by the finance system's books; `orders`,
    `repeated`, `debits`: end-to-end ids by the bank's log."""

    payments: Sequence[Payment]
    instructed: Sequence[str]
    received: Sequence[str]
    orders: Sequence[str]
    repeated: Sequence[str]
    debits: Sequence[str]


class Evidence:
    def __init__(self, system: System) -> None:
        self._folder = system.state
        text = (system.state / "environment.json").read_text(encoding="utf-8")
        self._environ: dict[str, str] = json.loads(text)

    def url(self, database: str) -> str:
        return self._environ[f"GONGJIANG_{database.upper()}_DATABASE_URL"]

    def rows(self, database: str, query: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        url = make_url(self.url(database)).set(drivername="postgresql")
        dsn = url.render_as_string(hide_password=False)
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            return connection.execute(query, values).fetchall()

    def column(self, database: str, query: LiteralString, *values: Any) -> list[Any]:
        return [row[0] for row in self.rows(database, query, *values)]

    def statuses(self, campaign: str) -> dict[str, str]:
        """Every case of the campaign, whether or not anybody was told of it."""
        query = "SELECT id, status FROM cases WHERE form->>'class_no' LIKE %s"
        return dict(self.rows("subsidy", query, f"{campaign}-%"))

    def told(self, type: str) -> list[str]:
        """The case of every event of this type in subsidy's feed."""
        query = "SELECT event->'data'->>'case_id' FROM event_log WHERE type = %s"
        return self.column("subsidy", query, type)

    def decisions(self, cases: Sequence[str]) -> list[tuple[str, str]]:
        query = "SELECT case_id, step_key FROM decisions WHERE case_id = ANY(%s)"
        return [(case, step) for case, step in self.rows("subsidy", query, list(cases))]

    def paid(self, cases: Sequence[str]) -> Paid:
        query = (
            "SELECT id, case_id, state, reason_code, end_to_end_id, amount_fen FROM payments"
            " WHERE case_id = ANY(%s) AND state <> 'cancelled'"
        )
        payments = [Payment(*row) for row in self.rows("subsidy", query, list(cases))]
        ours = {payment.end_to_end_id for payment in payments}
        instructed = self.column(
            "subsidy",
            "SELECT event->'data'->>'payment_id' FROM event_log"
            " WHERE type = 'subsidy.payment_instructed.v1'"
            " AND event->'data'->>'case_id' = ANY(%s)",
            list(cases),
        )
        received = "SELECT payment_id FROM instructions WHERE case_id = ANY(%s)"
        log = [entry for entry in self._bank_log() if entry.get("end_to_end_id") in ours]
        by_kind = {
            kind: [entry["end_to_end_id"] for entry in log if entry["kind"] in kinds]
            for kind, kinds in (
                ("orders", ("order",)),
                ("repeated", ("duplicate", "conflict")),
                ("debits", ("debit",)),
            )
        }
        return Paid(payments, instructed, self.column("finance", received, list(cases)), **by_kind)

    def _bank_log(self) -> list[dict[str, Any]]:
        lines = (self._folder / "bank.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def numbers(self, service: str) -> tuple[list[int], int]:
        """The numbers of the feed in order, and the last one that was given."""
        given = self.column(service, "SELECT last_sequence FROM sequence_counter")
        log = self.column(service, "SELECT sequence FROM event_log ORDER BY sequence")
        return log, (given[0] if given else 0)

    def audit_breaks(self, service: str) -> list[str]:
        engine = open_engine(self.url(service), "faults", pool_size=1)
        try:
            with engine.connect() as connection:
                breaks = [
                    f"{service} {each.position}: {each.what.en}" for each in verify(connection)
                ]
                return breaks + [f"{service} {id}: not linked" for id in not_linked(connection)]
        finally:
            engine.dispose()

    def running_workflows(self) -> set[str]:
        """Case ids of subsidy whose workflow has not ended."""
        address = self._environ["GONGJIANG_TEMPORAL_ADDRESS"]
        query = "ExecutionStatus = 'Running'"
        command = (tool("temporal"), "workflow", "list", "--address", address, "--query", query)
        done = subprocess.run(
            [*command, "--limit", "5000", "--output", "json"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        found = json.loads(done.stdout or "[]")
        ids = (each["execution"]["workflowId"] for each in found)
        return {id.removeprefix("subsidy:") for id in ids if id.startswith("subsidy:")}
