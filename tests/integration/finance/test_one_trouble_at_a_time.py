"""Trouble with one batch, payment or report of the bank holds up none of the others."""

from __future__ import annotations

from contextlib import suppress

import pytest

from deploy.finance.bank import Answer
from deploy.finance.database import Connection
from deploy.finance.reporting import poll_bank, post_reports
from deploy.finance.subsidy import Away, Refused
from tests.integration.finance.stand_ins import (
    FakeBank,
    FakeSubsidy,
    instructed,
    send,
    states,
    take,
)

FIRST = "PB-2024-000000"  # its reports and payments are the first in every order
TROUBLE = [Refused("404"), Away("it does not answer")]


def wait_on(connection: Connection) -> None:
    connection.execute("UPDATE batch_troubles SET again_at = now() + interval '1 hour'")


def end_of_waiting(connection: Connection) -> None:
    connection.execute("UPDATE batch_troubles SET again_at = now()")


@pytest.fixture
def subsidy(connection: Connection) -> FakeSubsidy:
    """P1 is paid in a batch of its own, before P2 and P3."""
    for number, batch_id in enumerate((FIRST, "PB-2024-000001", "PB-2024-000002"), start=1):
        take(connection, instructed(number, batch_id=batch_id))
    return FakeSubsidy()


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_batch_whose_reports_are_not_taken_does_not_hold_up_the_others(
    connection: Connection, bank: FakeBank, subsidy: FakeSubsidy, trouble: Away
) -> None:
    send(connection, bank, subsidy)
    for end_to_end_id in ("P1", "P2", "P3"):
        bank.say(end_to_end_id, "settled")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    subsidy.trouble[FIRST] = trouble
    for _ in range(2):
        with suppress(Away):
            post_reports(connection, subsidy)  # type: ignore[arg-type]
        wait_on(connection)
    assert set(subsidy.told) == {"bank:2", "bank:3"}

    bank.say("P1", "returned", "AC04")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    del subsidy.trouble[FIRST]
    assert post_reports(connection, subsidy) == 0  # type: ignore[arg-type]
    end_of_waiting(connection)
    assert post_reports(connection, subsidy) == 2  # type: ignore[arg-type]
    assert list(subsidy.told.values())[-2:] == [("P1", "settled"), ("P1", "returned")]
    assert connection.execute("SELECT * FROM batch_troubles").fetchall() == []


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_batch_that_cannot_be_read_does_not_hold_up_the_others(
    connection: Connection, bank: FakeBank, subsidy: FakeSubsidy, trouble: Away
) -> None:
    subsidy.trouble[FIRST] = trouble
    for _ in range(2):
        with suppress(Away):
            send(connection, bank, subsidy)
        wait_on(connection)
    assert bank.orders == ["P2", "P3"]
    subsidy.trouble.clear()
    end_of_waiting(connection)
    send(connection, bank, subsidy)
    assert bank.orders == ["P2", "P3", "P1"]


def test_a_doubted_payment_the_bank_cannot_answer_about_does_not_hold_up_the_others(
    connection: Connection, bank: FakeBank
) -> None:
    class HalfBlind(FakeBank):
        def ask(self, end_to_end_id: str) -> Answer:
            if end_to_end_id == "P1":
                raise Away("bank: 500")
            return bank.ask(end_to_end_id)

    for number in (1, 2):
        take(connection, instructed(number), doubted=True)
    bank.decide("P2", "settled")
    connection.execute("UPDATE instructions SET asked = 1")
    for _ in range(2):
        with suppress(Away):
            send(connection, HalfBlind(), ask_seconds=30)
    assert states(connection) == {"P1": "received", "P2": "settled"}


@pytest.mark.parametrize("word", ["pending", "ACSP", "executed"])
def test_a_report_that_is_not_final_or_not_understood_does_not_hold_up_the_others(
    connection: Connection, bank: FakeBank, subsidy: FakeSubsidy, word: str
) -> None:
    send(connection, bank, subsidy)
    bank.say("P1", word)
    bank.say("P2", "settled")
    assert poll_bank(connection, bank) == 2  # type: ignore[arg-type]
    assert states(connection) == {"P1": "sent", "P2": "settled", "P3": "sent"}
