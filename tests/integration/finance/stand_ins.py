"""A bank and a subsidy that misbehave, and the consumer's steps as tests call them."""

from __future__ import annotations

from typing import Any

from deploy.finance import inbox
from deploy.finance.asking import ask_due
from deploy.finance.bank import Answer, Unanswered
from deploy.finance.database import Connection
from deploy.finance.inbox import Taken
from deploy.finance.sending import Patience, send_received
from deploy.finance.subsidy import Away, FeedRestored

BATCH = "PB-2024-000001"


def instructed(number: int, payment: int | None = None, *, batch_id: str = BATCH) -> dict[str, Any]:
    payment = number if payment is None else payment
    return {
        "id": f"event-{number}",
        "sequence": number,
        "type": "subsidy.payment_instructed.v1",
        "data": {
            "payment_id": f"p{payment}",
            "end_to_end_id": f"P{payment}",
            "batch_id": batch_id,
            "case_id": f"CLM-{payment}",
            "amount_fen": 150_000,
            "replaces": None,
        },
    }


def other(number: int) -> dict[str, Any]:
    return {
        "id": f"event-{number}",
        "sequence": number,
        "type": "subsidy.case_closed.v1",
        "data": {},
    }


def given_anew(event: dict[str, Any]) -> dict[str, Any]:
    """Under a number that another event had before subsidy was restored."""
    return {**event, "id": f"{event['id']} of the restored subsidy"}


def item(number: int) -> dict[str, Any]:
    """A line of the batch, as subsidy shows it."""
    return {
        "payment_id": f"p{number}",
        "end_to_end_id": f"P{number}",
        "state": "instructed",
        "reason_code": None,
        "amount_fen": 150_000,
        "replaced_by": None,
        "taken_out_at_utc": None,
        "payee": {"name": "张三", "account": "6217854200001234563"},
    }


class FakeSubsidy:
    def __init__(self, *events: dict[str, Any]) -> None:
        self.log = list(events)
        self.told: dict[str, tuple[str, str]] = {}
        self.away = False
        self.lines: list[dict[str, Any]] = []
        self.told_of: dict[str, str] = {}  # report -> batch
        self.trouble: dict[str, Away] = {}  # by batch
        self.shown: dict[int, dict[str, Any]] = {}

    def events(self, after: int, limit: int = 200) -> list[dict[str, Any]]:
        if self.log and after > self.log[-1]["sequence"]:
            raise FeedRestored("feed_behind")
        return [each for each in self.log if each["sequence"] > after][:limit]

    def batch(self, batch_id: str) -> list[dict[str, Any]]:
        if self.away:
            raise Away("away")
        if batch_id in self.trouble:
            raise self.trouble[batch_id]
        if self.shown:
            return list(self.shown.values())
        return [item(n) for n in range(50)]

    def show(self, number: int, **changed: Any) -> None:
        self.shown[number] = {**item(number), **changed}

    def report(self, batch_id: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if batch_id in self.trouble:
            raise self.trouble[batch_id]
        results = []
        for line in lines:
            new = line["report_id"] not in self.told
            self.lines.append(line)
            self.told_of[line["report_id"]] = batch_id
            self.told[line["report_id"]] = (line["end_to_end_id"], line["status"])
            results.append({"outcome": "applied" if new else "repeated"})
        return results


class FakeBank:
    """`mood` decides what becomes of the next order: taken, late (taken, no answer), lost."""

    def __init__(self) -> None:
        self.mood = "taken"
        self.orders: list[str] = []
        self.known: dict[str, Answer] = {}
        self.sent: list[dict[str, Any]] = []

    def pay(self, *, end_to_end_id: str, amount_fen: int, account: str, name: str) -> Answer:
        self.orders.append(end_to_end_id)
        if self.mood != "lost":
            self.known[end_to_end_id] = Answer("pending")
        if self.mood != "taken":
            raise Unanswered("time-out")
        return Answer("pending")

    def ask(self, end_to_end_id: str) -> Answer:
        return self.known.get(end_to_end_id, Answer(None))

    def reports(self, after: int) -> list[dict[str, Any]]:
        return [each for each in self.sent if each["n"] > after]

    def decide(self, end_to_end_id: str, status: str, reason: str | None = None) -> None:
        self.known[end_to_end_id] = Answer(status, reason)

    def say(
        self,
        end_to_end_id: str,
        status: str,
        reason: str | None = None,
        at: str = "2024-03-05T08:00:00+00:00",
        amount_fen: int | None = 150_000,
    ) -> None:
        self.decide(end_to_end_id, status, reason)
        self.sent.append(
            {
                "n": len(self.sent) + 1,
                "end_to_end_id": end_to_end_id,
                "status": status,
                "reason_code": reason,
                "amount_fen": amount_fen,
                "reported_at": at,
            }
        )


def states(connection: Connection) -> dict[str, str]:
    found = connection.execute("SELECT end_to_end_id, state FROM instructions").fetchall()
    return {row["end_to_end_id"]: row["state"] for row in found}


def take(connection: Connection, event: dict[str, Any], *, doubted: bool = False) -> Taken:
    return inbox.take(connection, event, doubted=doubted)


def send(
    connection: Connection,
    bank: FakeBank,
    subsidy: FakeSubsidy | None = None,
    not_booked_seconds: float = 60,
    ask_seconds: float = 0,
) -> int:
    patience = Patience(ask_seconds, not_booked_seconds)
    return send_received(connection, subsidy or FakeSubsidy(), bank, patience)  # type: ignore[arg-type]


def ask(connection: Connection, bank: FakeBank, not_booked_seconds: float = 60) -> int:
    return ask_due(connection, bank, ask_seconds=0, not_booked_seconds=not_booked_seconds)  # type: ignore[arg-type]
