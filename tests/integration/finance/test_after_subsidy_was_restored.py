"""Subsidy comes back from a copy and has forgotten events, batches and reports."""

from __future__ import annotations

import pytest

from deploy.finance.consuming import catch_up
from deploy.finance.database import Connection
from deploy.finance.doubt import Past, begin
from deploy.finance.inbox import position
from deploy.finance.reporting import poll_bank, post_reports
from deploy.finance.restored_feed import Followed, follow
from tests.integration.finance.stand_ins import (
    BATCH,
    FakeBank,
    FakeSubsidy,
    given_anew,
    instructed,
    other,
    send,
    states,
    take,
)

NEW_BATCH = "PB-2024-000009"


@pytest.fixture
def worked(connection: Connection, bank: FakeBank) -> Connection:
    """Number 1 is of before the copy. P2 was settled and reported, P3 sent, P4 not sent yet."""
    take(connection, other(1))
    for number in (2, 3):
        take(connection, instructed(number))
    send(connection, bank)
    bank.say("P2", "settled")
    poll_bank(connection, bank)  # type: ignore[arg-type]
    post_reports(connection, FakeSubsidy())  # type: ignore[arg-type]
    take(connection, instructed(4))
    return connection


@pytest.mark.parametrize("head", [1, 2, 4, 9])
def test_it_reads_on_after_the_last_number_that_both_sides_know(
    worked: Connection, head: int
) -> None:
    anew = [given_anew(other(number)) for number in range(2, head + 1)]
    restored = FakeSubsidy(other(1), *anew)
    forgotten = ["P2 settled", "P3 sent", "P4 received"]
    assert follow(worked, restored) == Followed(1, forgotten)  # type: ignore[arg-type]
    assert catch_up(worked, restored, Past()) == len(anew)  # type: ignore[arg-type]
    assert follow(worked, restored) == Followed(head, [])  # type: ignore[arg-type]


def test_nothing_was_lost_where_the_feed_says_what_was_read(worked: Connection) -> None:
    feed = FakeSubsidy(other(1), *(instructed(number) for number in (2, 3, 4)))
    assert follow(worked, feed) == Followed(4, [])  # type: ignore[arg-type]
    assert position(worked) == 4


def test_what_is_instructed_again_in_another_batch_is_reported_there_and_not_sent_again(
    worked: Connection, bank: FakeBank
) -> None:
    anew = [given_anew(instructed(number, batch_id=NEW_BATCH)) for number in (2, 3, 4)]
    restored = FakeSubsidy(other(1), *anew)
    follow(worked, restored)  # type: ignore[arg-type]
    begin(worked)
    catch_up(worked, restored, Past())  # type: ignore[arg-type]
    send(worked, bank, restored, not_booked_seconds=0)
    bank.say("P3", "rejected", "AC04")
    poll_bank(worked, bank)  # type: ignore[arg-type]
    post_reports(worked, restored)  # type: ignore[arg-type]
    assert states(worked) == {"P2": "settled", "P3": "rejected", "P4": "sent"}
    assert bank.orders == ["P2", "P3", "P4"]
    assert sorted(restored.told.values()) == [("P2", "settled"), ("P3", "rejected")]
    assert set(restored.told_of.values()) == {NEW_BATCH}


def test_a_report_that_subsidy_lost_is_posted_again(worked: Connection, bank: FakeBank) -> None:
    """The copy is of after the instruction and before the report."""
    restored = FakeSubsidy(other(1), instructed(2), given_anew(other(3)))
    assert follow(worked, restored).number == 2  # type: ignore[arg-type]
    post_reports(worked, restored)  # type: ignore[arg-type]
    assert restored.told == {"bank:1": ("P2", "settled")}
    assert restored.told_of == {"bank:1": BATCH}


def test_a_payment_that_is_instructed_again_with_another_amount_changes_nothing(
    worked: Connection, bank: FakeBank
) -> None:
    again = given_anew(instructed(5, payment=4, batch_id=NEW_BATCH))
    again["data"]["amount_fen"] += 1
    take(worked, again)
    [row] = worked.execute("SELECT * FROM instructions WHERE payment_id = 'p4'").fetchall()
    assert (row["batch_id"], row["amount_fen"], row["state"]) == (BATCH, 150_000, "received")
