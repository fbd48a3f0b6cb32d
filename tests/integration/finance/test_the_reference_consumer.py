"""The reference finance consumer on a real database, with a bank and a subsidy that misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.finance.asking import ask_due
from deploy.finance.bank import Answer, Unanswered
from deploy.finance.consuming import catch_up, fill_gap
from deploy.finance.database import Connection, Database
from deploy.finance.inbox import Taken, position, take
from deploy.finance.reporting import poll_bank, post_reports
from deploy.finance.sending import recover, send_received
from deploy.finance.subsidy import Away

BATCH = "PB-2024-000001"


def instructed(number: int, payment: int | None = None) -> dict[str, Any]:
    payment = number if payment is None else payment
    return {
        "id": f"event-{number}",
        "sequence": number,
        "type": "subsidy.payment_instructed.v1",
        "data": {
            "payment_id": f"p{payment}",
            "end_to_end_id": f"P{payment}",
            "batch_id": BATCH,
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


class FakeSubsidy:
    def __init__(self, *events: dict[str, Any]) -> None:
        self.log = list(events)
        self.told: dict[str, tuple[str, str]] = {}
        self.away = False

    def events(self, after: int, limit: int = 200) -> list[dict[str, Any]]:
        return [each for each in self.log if each["sequence"] > after][:limit]

    def payees(self, batch_id: str) -> dict[str, dict[str, Any]]:
        if self.away:
            raise Away("away")
        return {f"P{n}": {"name": "张三", "account": "6217854200001234563"} for n in range(50)}

    def report(self, batch_id: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        results = []
        for line in lines:
            new = line["report_id"] not in self.told
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

    def say(self, end_to_end_id: str, status: str, reason: str | None = None) -> None:
        self.decide(end_to_end_id, status, reason)
        self.sent.append(
            {
                "n": len(self.sent) + 1,
                "end_to_end_id": end_to_end_id,
                "status": status,
                "reason_code": reason,
                "reported_at": "2024-03-05T08:00:00+00:00",
            }
        )


@pytest.fixture
def connection(empty_database: str) -> Iterator[Connection]:
    database = Database(empty_database.replace("postgresql+psycopg://", "postgresql://"))
    database.prepare()
    database.prepare()
    with database.connect() as connection:
        yield connection


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank()


def states(connection: Connection) -> dict[str, str]:
    found = connection.execute("SELECT end_to_end_id, state FROM instructions").fetchall()
    return {row["end_to_end_id"]: row["state"] for row in found}


def send(connection: Connection, bank: FakeBank, subsidy: FakeSubsidy | None = None) -> int:
    return send_received(connection, subsidy or FakeSubsidy(), bank, ask_seconds=0)  # type: ignore[arg-type]


def ask(connection: Connection, bank: FakeBank, not_booked_seconds: float = 60) -> int:
    return ask_due(connection, bank, ask_seconds=0, not_booked_seconds=not_booked_seconds)  # type: ignore[arg-type]


def test_each_instruction_is_stored_once_however_often_it_is_delivered(
    connection: Connection,
) -> None:
    assert take(connection, other(1)) is Taken.NEW
    assert [take(connection, instructed(2)) for _ in range(3)] == [
        Taken.NEW,
        Taken.REPEATED,
        Taken.REPEATED,
    ]
    assert take(connection, instructed(3, payment=2)) is Taken.NEW
    assert states(connection) == {"P2": "received"}


def test_a_gap_writes_nothing_and_is_filled_from_the_feed(connection: Connection) -> None:
    feed = FakeSubsidy(other(1), instructed(2), other(3), instructed(4))
    take(connection, feed.log[0])
    assert take(connection, feed.log[3]) is Taken.GAP
    assert states(connection) == {}
    fill_gap(connection, feed, 4, threading.Event())  # type: ignore[arg-type]
    assert position(connection) == 4
    assert take(connection, feed.log[3]) is Taken.REPEATED
    assert set(states(connection)) == {"P2", "P4"}


def test_what_came_while_it_was_down_is_read_from_the_feed(connection: Connection) -> None:
    feed = FakeSubsidy(*(instructed(number) for number in range(1, 8)))
    assert catch_up(connection, feed) == 7  # type: ignore[arg-type]
    assert catch_up(connection, feed) == 0  # type: ignore[arg-type]


def test_a_payment_is_sent_once_and_its_report_is_posted_once(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    take(connection, instructed(1))
    assert [send(connection, bank) for _ in range(3)] == [1, 0, 0]
    assert bank.orders == ["P1"]
    bank.say("P1", "settled")
    bank.say("P1", "settled")
    assert poll_bank(connection, bank) == 2  # type: ignore[arg-type]
    assert post_reports(connection, subsidy) == 1  # type: ignore[arg-type]
    assert post_reports(connection, subsidy) == 0  # type: ignore[arg-type]
    assert subsidy.told == {"bank:1": ("P1", "settled")}


def test_a_time_out_makes_it_unknown_and_asked_about_never_sent_again(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    take(connection, instructed(1))
    bank.mood = "late"
    send(connection, bank)
    assert states(connection) == {"P1": "unknown"}
    bank.mood = "taken"
    send(connection, bank)
    assert ask(connection, bank) == 1
    assert states(connection) == {"P1": "sent"}
    bank.decide("P1", "settled")
    ask(connection, bank)
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    assert bank.orders == ["P1"]
    assert [status for _, status in subsidy.told.values()] == ["unknown", "settled"]


def test_a_process_killed_while_sending_asks_and_does_not_send_again(
    connection: Connection, bank: FakeBank
) -> None:
    take(connection, instructed(1))
    bank.mood = "taken"

    class Killed(BaseException):
        pass

    class DyingBank(FakeBank):
        def pay(self, **order: Any) -> Answer:
            bank.pay(**order)
            raise Killed

    with pytest.raises(Killed):
        send(connection, DyingBank())
    assert states(connection) == {"P1": "sending"}
    recover(connection)
    send(connection, bank)
    bank.decide("P1", "settled")
    ask(connection, bank)
    assert states(connection) == {"P1": "settled"}
    assert bank.orders == ["P1"]


def test_what_the_bank_never_booked_is_an_answer_only_after_a_long_while(
    connection: Connection, bank: FakeBank
) -> None:
    take(connection, instructed(1))
    bank.mood = "lost"
    send(connection, bank)
    ask(connection, bank)
    assert states(connection) == {"P1": "unknown"}
    ask(connection, bank, not_booked_seconds=0)
    assert states(connection) == {"P1": "rejected"}
    assert bank.orders == ["P1"]


def test_nothing_is_sent_while_nobody_says_whom_to_pay(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    subsidy.away = True
    take(connection, instructed(1))
    with pytest.raises(Away):
        send(connection, bank, subsidy)
    assert (states(connection), bank.orders) == ({"P1": "received"}, [])


def test_money_that_comes_back_after_it_was_paid_is_told(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    take(connection, instructed(1))
    send(connection, bank)
    bank.say("P1", "settled")
    bank.say("P1", "returned", "AC04")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    assert [status for _, status in subsidy.told.values()] == ["settled", "returned"]


def test_a_settlement_of_what_was_rejected_is_told_and_not_hidden(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    take(connection, instructed(1))
    send(connection, bank)
    bank.say("P1", "rejected", "AC04")
    bank.say("P1", "settled")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    assert states(connection) == {"P1": "rejected"}
    assert subsidy.told["bank:2"] == ("P1", "settled")
