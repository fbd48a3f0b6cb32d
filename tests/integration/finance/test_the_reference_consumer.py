"""The reference finance consumer on a real database, with a bank and a subsidy that misbehave."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest

from deploy.finance.bank import Answer
from deploy.finance.consuming import catch_up, fill_gap
from deploy.finance.database import Connection
from deploy.finance.doubt import Past, begin
from deploy.finance.inbox import Taken, position
from deploy.finance.reporting import poll_bank, post_reports
from deploy.finance.subsidy import Away
from tests.integration.finance.stand_ins import (
    FakeBank,
    FakeSubsidy,
    ask,
    instructed,
    other,
    send,
    states,
    take,
)


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
    fill_gap(connection, feed, Past(), 4, threading.Event())  # type: ignore[arg-type]
    assert position(connection) == 4
    assert take(connection, feed.log[3]) is Taken.REPEATED
    assert set(states(connection)) == {"P2", "P4"}


def test_what_came_while_it_was_down_is_read_from_the_feed(connection: Connection) -> None:
    feed = FakeSubsidy(*(instructed(number) for number in range(1, 8)))
    assert catch_up(connection, feed, Past()) == 7  # type: ignore[arg-type]
    assert catch_up(connection, feed, Past()) == 0  # type: ignore[arg-type]


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
    begin(connection)
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


@pytest.mark.parametrize("answered", ["at once", "when asked after a time-out"])
def test_what_the_bank_took_and_then_forgets_gets_no_final_answer(
    connection: Connection, bank: FakeBank, answered: str
) -> None:
    """It may have been paid: `rejected` would let the payee be paid anew."""
    subsidy = FakeSubsidy()
    take(connection, instructed(1))
    if answered == "at once":
        send(connection, bank)
    else:
        bank.mood = "late"
        send(connection, bank)
        ask(connection, bank)
    bank.known.clear()
    for _ in range(3):
        ask(connection, bank, not_booked_seconds=0)
        begin(connection)
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    assert states(connection) == {"P1": "unknown"}
    assert {status for _, status in subsidy.told.values()} == {"unknown"}
    bank.decide("P1", "settled")
    ask(connection, bank)
    assert (states(connection), bank.orders) == ({"P1": "settled"}, ["P1"])


def test_a_payment_the_bank_cannot_answer_about_does_not_hold_up_the_others(
    connection: Connection, bank: FakeBank
) -> None:
    class HalfBlind(FakeBank):
        def ask(self, end_to_end_id: str) -> Answer:
            if end_to_end_id == "P1":
                raise Away("bank: 500")
            return bank.ask(end_to_end_id)

    for number in (1, 2):
        take(connection, instructed(number))
    send(connection, bank)
    bank.decide("P2", "settled")
    for _ in range(2):
        with suppress(Away):
            ask(connection, HalfBlind())
    assert states(connection) == {"P1": "sent", "P2": "settled"}


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


@pytest.mark.parametrize("way", ["reported", "asked"])
def test_what_the_bank_says_of_another_amount_is_not_believed(
    connection: Connection, bank: FakeBank, way: str
) -> None:
    subsidy = FakeSubsidy()
    take(connection, instructed(1))
    send(connection, bank)
    if way == "reported":
        bank.say("P1", "settled", amount_fen=150_001)
        poll_bank(connection, bank)  # type: ignore[arg-type]
    else:
        bank.known["P1"] = Answer("settled", None, 150_001)
        ask(connection, bank)
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    assert states(connection) == {"P1": "sent"}
    assert [line["amount_fen"] for line in subsidy.lines] == [150_001]


def test_a_doubted_payment_is_not_sent_where_the_bank_has_another_order(
    connection: Connection, bank: FakeBank
) -> None:
    take(connection, instructed(1), doubted=True)
    bank.known["P1"] = Answer("pending", None, 150_001)
    send(connection, bank, not_booked_seconds=0)
    assert (states(connection), bank.orders) == ({"P1": "received"}, [])


def test_a_banks_time_without_a_zone_is_beijing_time(
    connection: Connection, bank: FakeBank
) -> None:
    take(connection, instructed(1))
    send(connection, bank)
    bank.say("P1", "settled", at="2024-03-05T08:00:00")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    [report] = connection.execute("SELECT reported_at FROM reports").fetchall()
    assert report["reported_at"].isoformat() == "2024-03-05T00:00:00+00:00"


def test_a_report_without_a_time_that_can_be_read_counts_from_now(
    connection: Connection, bank: FakeBank
) -> None:
    take(connection, instructed(1))
    send(connection, bank)
    bank.say("P1", "settled", at="5 March")
    assert poll_bank(connection, bank) == 1  # type: ignore[arg-type]
    assert states(connection) == {"P1": "settled"}


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
