"""A consumer whose database is new, restored or another's: nothing goes out a second time."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.finance.bank import Answer
from deploy.finance.consuming import catch_up
from deploy.finance.database import Connection
from deploy.finance.doubt import Past, begin
from deploy.finance.inbox import position
from deploy.finance.reporting import poll_bank, post_reports
from deploy.finance.subsidy import FeedRestored
from tests.integration.finance.stand_ins import (
    FakeBank,
    FakeSubsidy,
    ask,
    given_anew,
    instructed,
    other,
    send,
    states,
    take,
)


def reason(connection: Connection) -> str:
    [row] = connection.execute("SELECT reason_code FROM instructions").fetchall()
    return str(row["reason_code"])


def due_now(connection: Connection) -> None:
    connection.execute("UPDATE instructions SET ask_at = now()")


@pytest.mark.parametrize("state", ["settled", "rejected", "returned"])
def test_what_subsidy_knows_the_end_of_is_not_sent(
    connection: Connection, bank: FakeBank, state: str
) -> None:
    subsidy = FakeSubsidy()
    subsidy.show(1, state=state, reason_code="AC04")
    take(connection, instructed(1))
    send(connection, bank, subsidy)
    assert (states(connection), bank.orders) == ({"P1": state}, [])
    assert post_reports(connection, subsidy) == 0  # type: ignore[arg-type]


def test_what_subsidy_knows_nothing_of_is_asked_about_and_never_sent(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    subsidy.show(1, state="unknown")
    take(connection, instructed(1))
    send(connection, bank, subsidy, not_booked_seconds=0)
    assert states(connection) == {"P1": "unknown"}
    bank.decide("P1", "settled")
    ask(connection, bank)
    assert (states(connection), bank.orders) == ({"P1": "settled"}, [])


def test_a_number_given_anew_is_not_taken_for_one_that_was_read(connection: Connection) -> None:
    for number in (1, 2, 3):
        take(connection, other(number))
    with pytest.raises(FeedRestored):
        take(connection, given_anew(instructed(2)))
    assert (states(connection), position(connection)) == ({}, 3)


def test_an_event_that_comes_again_under_another_number_is_not_passed_over(
    connection: Connection,
) -> None:
    for number in (1, 2, 3):
        take(connection, other(number))
    with pytest.raises(FeedRestored):
        take(connection, {**other(3), "sequence": 4})
    assert position(connection) == 3


@pytest.mark.parametrize("head", [2, 3, 5])
def test_a_feed_that_does_not_go_on_from_what_was_read_stops_the_consumer(
    connection: Connection, head: int
) -> None:
    """The bus has lost everything: only the feed can tell, however far it has come since."""
    for number in (1, 2, 3):
        take(connection, other(number))
    given = [given_anew(instructed(number)) for number in range(2, head + 1)]
    with pytest.raises(FeedRestored):
        catch_up(connection, FakeSubsidy(other(1), *given), Past())  # type: ignore[arg-type]
    assert (states(connection), position(connection)) == ({}, 3)


def test_a_successor_knows_from_subsidy_what_the_bank_took_and_forgot(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    subsidy.show(1, state="unknown", reason_code="NO_LONGER_KNOWN")
    take(connection, instructed(1), doubted=True)
    send(connection, bank, subsidy, not_booked_seconds=0)
    ask(connection, bank, not_booked_seconds=0)
    assert (states(connection), bank.orders) == ({"P1": "unknown"}, [])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"state": "planned"}, "NOT_INSTRUCTED"),
        ({"state": "cancelled"}, "NOT_INSTRUCTED"),
        ({"taken_out_at_utc": "2024-03-05T00:00:00+00:00"}, "NOT_INSTRUCTED"),
        ({"replaced_by": "p2"}, "REPLACED"),
        ({"amount_fen": 150_001}, "AMOUNT_DIFFERS"),
        ({"payment_id": "another"}, "NOT_IN_BATCH"),
        ({"end_to_end_id": "another"}, "NOT_IN_BATCH"),
        ({"state": "a state of next year"}, "NOT_INSTRUCTED"),
    ],
)
def test_what_the_batch_does_not_show_as_instructed_is_withheld(
    connection: Connection, bank: FakeBank, changed: dict[str, Any], why: str
) -> None:
    subsidy = FakeSubsidy()
    subsidy.show(1, **changed)
    take(connection, instructed(1))
    send(connection, bank, subsidy)
    assert (states(connection), reason(connection)) == ({"P1": "withheld"}, why)
    due_now(connection)
    subsidy.show(1)
    send(connection, bank, subsidy)
    assert (states(connection), bank.orders) == ({"P1": "sent"}, ["P1"])


def test_one_withheld_payment_does_not_stop_the_others(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    subsidy.show(1, state="planned")
    subsidy.show(2)
    take(connection, instructed(1))
    take(connection, instructed(2))
    send(connection, bank, subsidy)
    assert states(connection) == {"P1": "withheld", "P2": "sent"}


def test_everything_the_feed_had_at_the_start_is_asked_about_before_it_is_sent(
    connection: Connection, bank: FakeBank
) -> None:
    """An earlier consumer sent P1 and P2; its reports never reached subsidy. P3 never went out."""
    bank.decide("P1", "settled")
    bank.decide("P2", "pending")
    feed = FakeSubsidy(*(instructed(number) for number in (1, 2, 3)))
    begin(connection)
    catch_up(connection, feed, Past())  # type: ignore[arg-type]
    send(connection, bank, feed, not_booked_seconds=0)
    assert states(connection) == {"P1": "settled", "P2": "sent", "P3": "sent"}
    assert bank.orders == ["P3"]
    post_reports(connection, feed)  # type: ignore[arg-type]
    assert feed.told["asked:P1:settled"] == ("P1", "settled")


def test_no_such_payment_counts_only_when_no_order_can_be_under_way(
    connection: Connection, bank: FakeBank
) -> None:
    take(connection, instructed(1), doubted=True)
    send(connection, bank)
    assert (states(connection), bank.orders) == ({"P1": "received"}, [])
    bank.known["P1"] = Answer("pending")  # the order of the dead process arrives after all
    send(connection, bank, not_booked_seconds=0)
    assert (states(connection), bank.orders) == ({"P1": "sent"}, [])


def test_a_start_doubts_what_its_database_has_not_sent(
    connection: Connection, bank: FakeBank
) -> None:
    """The database is a copy from before P1 was sent."""
    take(connection, instructed(1))
    bank.known["P1"] = Answer("pending")
    begin(connection)
    send(connection, bank, not_booked_seconds=0)
    assert (states(connection), bank.orders) == ({"P1": "sent"}, [])


def test_what_comes_after_the_start_is_sent_without_asking(
    connection: Connection, bank: FakeBank
) -> None:
    past = Past()
    past.was_read()
    take(connection, instructed(1), doubted=past.may_hold_the_next)
    send(connection, bank)
    assert bank.orders == ["P1"]


def test_while_another_consumer_may_be_at_work_everything_is_asked_about_first(
    connection: Connection, bank: FakeBank
) -> None:
    past = Past(always=True)
    past.was_read()
    take(connection, instructed(1), doubted=past.may_hold_the_next)
    send(connection, bank)
    assert bank.orders == []


def test_the_banks_reports_on_what_an_earlier_process_sent_are_taken_in(
    connection: Connection, bank: FakeBank
) -> None:
    subsidy = FakeSubsidy()
    take(connection, instructed(1), doubted=True)
    bank.say("P1", "settled")
    bank.say("P1", "returned", "AC04")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    send(connection, bank, not_booked_seconds=0)
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    assert (states(connection), bank.orders) == ({"P1": "returned"}, [])
    assert [status for _, status in subsidy.told.values()] == ["settled", "returned"]


@pytest.mark.parametrize("others", [0, 1])
def test_reports_that_a_restored_bank_numbers_anew_are_taken_in(
    connection: Connection, bank: FakeBank, others: int
) -> None:
    subsidy = FakeSubsidy()
    for number in (1, 2, 3):
        take(connection, instructed(number))
    send(connection, bank)
    bank.say("P1", "settled")
    bank.say("P1", "settled")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    bank.sent.clear()
    for end_to_end_id in ("P2", "P3")[: others + 1]:
        bank.say(end_to_end_id, "settled")
    for _ in range(2):
        poll_bank(connection, bank)  # type: ignore[arg-type]
    post_reports(connection, subsidy)  # type: ignore[arg-type]
    assert states(connection)["P1"] == states(connection)["P2"] == "settled"
    assert ("P2", "settled") in subsidy.told.values()
    assert poll_bank(connection, bank) == 0  # type: ignore[arg-type]


def test_never_booked_is_not_concluded_from_the_age_of_a_restored_row(
    connection: Connection, bank: FakeBank
) -> None:
    """The copy is old, but the order may have gone out a moment before the start."""
    subsidy = FakeSubsidy()
    subsidy.show(1, state="unknown")
    take(connection, instructed(1))
    connection.execute("UPDATE instructions SET received_at = now() - interval '1 day'")
    begin(connection)
    send(connection, bank, subsidy)
    ask(connection, bank)
    assert states(connection) == {"P1": "unknown"}
