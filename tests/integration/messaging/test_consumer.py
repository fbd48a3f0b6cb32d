from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from shared.messaging.__main__ import main
from shared.messaging.bus import Bus
from shared.messaging.consumer import Subscription, run_consumer
from shared.messaging.dead_letters import dead_letters
from shared.messaging.failures import Unavailable
from shared.messaging.feed import DatabaseFeed
from shared.messaging.inbox import Inbox, Receipt
from shared.messaging.numbering import number_events
from shared.messaging.outbox import publish
from shared.messaging.publishing import Message
from shared.messaging.retention import prune_inbox
from shared.messaging.tables import DeadLetter, InboxRow
from shared.messaging.trace import traced
from shared.persistence import Sessions
from tests.integration.messaging.world import (
    INSTRUCTED,
    Finance,
    Workflows,
    booked,
    consuming,
    eventually,
    in_background,
    instruction,
    make_relay,
    submitted,
)

Feeds = dict[str, DatabaseFeed]


def send(sessions: Sessions, count: int, case_id: str = "CLM-1", first: int = 1) -> list[str]:
    """Payments of a case, with an event between them that finance does not read."""
    with sessions.begin() as session:
        for number in range(first, first + count):
            publish(session, instruction(case_id, number), case_id=case_id)
            publish(session, submitted(case_id), case_id=case_id)
    return [f"{case_id}/{number}" for number in range(first, first + count)]


def logged(engine: Engine) -> list[tuple[int, str, str]]:
    """(sequence, type, body) of all that is numbered."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT sequence, type, event::text FROM event_log ORDER BY sequence")
        )
        return [(row[0], row[1], row[2]) for row in rows]


def put(bus: Bus, *messages: tuple[int, str, str]) -> None:
    publisher = bus.publisher()
    assert publisher.publish([Message(*message) for message in messages]) == {}
    publisher.close()


def letters(sessions: Sessions) -> list[DeadLetter]:
    with sessions() as session:
        return dead_letters(session)


def position(sessions: Sessions) -> int | None:
    with sessions() as session:
        return Inbox().position(session, "finance", "subsidy")


def test_what_is_published_is_handled_in_order_and_other_types_are_passed_over(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, workflows: Workflows, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    with (
        in_background(make_relay(engine, bus, workflows).run),
        consuming(bus, finance_sessions, finance, feeds),
    ):
        sent = send(sessions, 20) + send(sessions, 20, "CLM-2")
        eventually(lambda: position(finance_sessions) == 80, "all are read")
    assert booked(finance_sessions) == sent


def test_a_message_delivered_again_changes_nothing(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    sent = send(sessions, 2)
    with engine.connect() as connection:
        number_events(connection)
    messages = logged(engine)
    put(bus, *messages, *messages)
    with consuming(bus, finance_sessions, finance, feeds):
        put(bus, *messages)
        sent += send(sessions, 1, first=3)
        with engine.connect() as connection:
            number_events(connection)
        put(bus, *logged(engine))
        eventually(lambda: len(booked(finance_sessions)) >= 3, "the last is booked")
    assert booked(finance_sessions) == sent == finance.seen


def test_a_gap_is_filled_from_the_feed_before_going_on(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, finance: Finance,
) -> None:  # fmt: skip
    class FeedThatIsAwayAtFirst(DatabaseFeed):
        failures = 3

        def read(self, after: int, limit: int) -> list[dict[str, Any]]:
            if self.failures:
                self.failures -= 1
                raise Unavailable
            return super().read(after, limit)

    sent = send(sessions, 5)
    with engine.connect() as connection:
        number_events(connection)
    put(bus, logged(engine)[0], logged(engine)[8])  # 1 and 9 of 10 reach the bus
    with consuming(bus, finance_sessions, finance, {"subsidy": FeedThatIsAwayAtFirst(sessions)}):
        eventually(lambda: len(booked(finance_sessions)) == 5, "the missing are read")
    assert booked(finance_sessions) == sent


def test_a_new_subscriber_begins_with_the_first_event_of_the_feed(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    pgmq_bus: Bus, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    sent = send(sessions, 150)
    with engine.connect() as connection:
        number_events(connection)
    with consuming(pgmq_bus, finance_sessions, finance, feeds):
        eventually(lambda: len(booked(finance_sessions)) == 150, "read without the bus")
    assert booked(finance_sessions) == sent


def test_a_failing_event_is_tried_again_then_dead_and_the_next_go_on(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, workflows: Workflows, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    finance.fails_on = {"CLM-1/2": 2, "CLM-1/3": 99}
    with (
        in_background(make_relay(engine, bus, workflows).run),
        consuming(bus, finance_sessions, finance, feeds),
    ):
        send(sessions, 4)
        eventually(lambda: "CLM-1/4" in booked(finance_sessions), "the last is booked")
        assert booked(finance_sessions) == ["CLM-1/1", "CLM-1/2", "CLM-1/4"]
        assert finance.seen.count("CLM-1/3") == 3
        (letter,) = letters(finance_sessions)
        assert letter.event["data"]["payment_id"] == "CLM-1/3"
        assert (letter.attempts, letter.reason.split()[0]) == (3, "ValueError")
        assert "refused by the test" not in letter.reason


def test_a_dead_letter_is_replayed_by_command_and_dies_again_or_is_handled_once(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, workflows: Workflows, finance: Finance, feeds: Feeds,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    finance.fails_on = {"CLM-1/1": 4}
    with finance_sessions() as session:
        url = session.get_bind().engine.url.render_as_string(hide_password=False)

    def waiting_letters() -> list[DeadLetter]:
        return [letter for letter in letters(finance_sessions)
                if letter.replay_requested_at_utc is None]  # fmt: skip

    with (
        in_background(make_relay(engine, bus, workflows).run),
        consuming(bus, finance_sessions, finance, feeds),
    ):
        send(sessions, 2)
        eventually(waiting_letters, "the letter")
        assert main(["dead-letters", "replay", url]) == 0
        eventually(lambda: finance.seen.count("CLM-1/1") == 4, "tried again")
        (letter,) = eventually(waiting_letters, "dead again")
        assert letter.attempts == 4
        assert main(["dead-letters", "replay", url, str(letter.id)]) == 0
        eventually(lambda: not letters(finance_sessions), "handled")
    assert booked(finance_sessions) == ["CLM-1/2", "CLM-1/1"]
    assert main(["dead-letters", "list", url]) == 0
    assert "0 dead letters" in capsys.readouterr().out


def test_a_message_that_is_no_event_is_kept_as_a_dead_letter_and_does_not_stop_the_queue(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    send(sessions, 1)
    with engine.connect() as connection:
        number_events(connection)
    put(bus, (1, INSTRUCTED, "not json"), (2, INSTRUCTED, '{"id": "x"}'), *logged(engine))
    with consuming(bus, finance_sessions, finance, feeds):
        eventually(lambda: len(letters(finance_sessions)) == 2, "both are kept")
        eventually(lambda: booked(finance_sessions), "and the event behind them is booked")
    assert {letter.type for letter in letters(finance_sessions)} == {"unreadable"}


def test_what_the_broker_itself_gave_up_becomes_a_dead_letter_unless_it_was_handled(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    rabbitmq_bus: Bus, finance: Finance,
) -> None:  # fmt: skip
    class NoFeed(DatabaseFeed):
        def read(self, after: int, limit: int) -> list[dict[str, Any]]:
            raise Unavailable

    send(sessions, 1)
    with engine.connect() as connection:
        number_events(connection)
    put(rabbitmq_bus, logged(engine)[0])
    with rabbitmq_bus.connect() as broker:
        channel = broker.channel()
        message = eventually(lambda: channel.basic_get("finance_from_subsidy"), "the message")
        channel.basic_reject(message.delivery_tag, requeue=False)
    with consuming(rabbitmq_bus, finance_sessions, finance, {"subsidy": NoFeed(sessions)}):
        eventually(lambda: letters(finance_sessions), "from the dead-letter queue")
    assert letters(finance_sessions)[0].reason == "the broker's delivery limit"


def test_a_consumer_killed_in_its_handler_loses_nothing_and_repeats_nothing(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions, rabbitmq_url: str,
    finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    bus = Bus(rabbitmq_url)
    sent = send(sessions, 4)
    with engine.connect() as connection:
        number_events(connection)
    put(bus, *logged(engine))
    with finance_sessions() as session:
        database = session.get_bind().engine.url.render_as_string(hide_password=False)
    feed = engine.url.render_as_string(hide_password=False)
    module = "tests.integration.messaging.deadly_consumer"
    command = [sys.executable, "-m", module, rabbitmq_url, database, feed, sent[2]]
    assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL
    assert booked(finance_sessions) == sent[:2]
    with consuming(bus, finance_sessions, finance, feeds):
        eventually(lambda: len(booked(finance_sessions)) == 4, "the next process goes on")
    assert booked(finance_sessions) == sent and finance.seen == sent[2:]


def test_an_event_that_kills_its_consumer_each_time_is_dead_in_the_end(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions, rabbitmq_url: str,
) -> None:  # fmt: skip
    bus = Bus(rabbitmq_url)
    sent = send(sessions, 3)
    with engine.connect() as connection:
        number_events(connection)
    put(bus, *logged(engine))
    with finance_sessions() as session:
        database = session.get_bind().engine.url.render_as_string(hide_password=False)
    feed = engine.url.render_as_string(hide_password=False)
    module = "tests.integration.messaging.deadly_consumer"
    command = [sys.executable, "-m", module, rabbitmq_url, database, feed, sent[0]]
    for _ in range(3):
        assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL
    last = subprocess.Popen(command)
    eventually(lambda: booked(finance_sessions) == sent[1:], "the fourth passes over it")
    last.terminate()
    assert last.wait(timeout=30) == 0
    assert [letter.reason for letter in letters(finance_sessions)] == [
        "the consumer died while handling it"
    ]


def test_without_an_inbox_a_second_delivery_is_booked_twice(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    class NoInbox:
        def receive(self, session: Session, subscription: str, event: dict[str, Any]) -> Receipt:
            return Receipt.NEW

        pass_over = receive

        def receive_again(self, session: Session, subscription: str, event: dict[str, Any]) -> bool:
            return True

        def position(self, session: Session, subscription: str, source: str) -> None:
            return None

    send(sessions, 1)
    with engine.connect() as connection:
        number_events(connection)
    put(bus, *logged(engine), *logged(engine))
    with consuming(bus, finance_sessions, finance, feeds, inbox=NoInbox()):
        eventually(lambda: len(booked(finance_sessions)) == 2, "twice: the inbox was what helped")


def test_an_event_older_than_the_inbox_keeps_is_still_a_duplicate(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    pgmq_bus: Bus, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    send(sessions, 1)
    with engine.connect() as connection:
        number_events(connection)
    with consuming(pgmq_bus, finance_sessions, finance, feeds):
        eventually(lambda: booked(finance_sessions), "booked")
    with finance_sessions() as session, session.get_bind().engine.connect() as connection:
        assert prune_inbox(connection, 0.0) == 1
        assert session.scalars(select(InboxRow)).all() == []
    with finance_sessions.begin() as session:
        (event, _) = feeds["subsidy"].read(0, 10)
        assert Inbox().receive(session, "finance", event) is Receipt.DUPLICATE


def test_the_trace_of_the_request_reaches_the_handler_across_the_bus(
    engine: Engine, sessions: Sessions, finance_sessions: Sessions,
    bus: Bus, workflows: Workflows, finance: Finance, feeds: Feeds,
) -> None:  # fmt: skip
    with traced(None) as traceparent:
        send(sessions, 1)
    with (
        in_background(make_relay(engine, bus, workflows).run),
        consuming(bus, finance_sessions, finance, feeds),
    ):
        eventually(lambda: booked(finance_sessions), "booked")
    with finance_sessions() as session:
        assert session.scalar(text("SELECT traceparent FROM booked")) == traceparent


def test_a_subscription_that_the_topology_does_not_know_is_refused(
    bus: Bus, finance_sessions: Sessions, feeds: Feeds, finance: Finance
) -> None:
    unknown = Subscription("strangers", ["subsidy"], {INSTRUCTED}, finance.handle)
    with pytest.raises(ValueError, match="no queue for strangers"):
        run_consumer(bus, finance_sessions, [unknown], feeds, threading.Event())
