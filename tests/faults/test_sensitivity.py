"""The checks of the kills notice what they are there for: with the inbox taken out of the consumer,
or the outbox written outside of the transaction, they fail. Both by composition, on the shared
pieces as they are, a real database and the real bus."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from shared.messaging.bus import Bus
from shared.messaging.failures import Unavailable
from shared.messaging.feed import DatabaseFeed, events_after
from shared.messaging.inbox import Inbox, Receipt, Receives
from shared.messaging.numbering import number_events
from shared.messaging.outbox import publish
from shared.messaging.publishing import Message, Publisher
from shared.persistence import Sessions, open_engine, open_sessions
from tests.faults.dying_clerk import CASES, CLOSED, DEADLY
from tests.faults.evidence import Paid, Payment
from tests.faults.verdicts import ended_once, paid_once
from tests.integration.messaging.conftest import keyword_dsn
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
)
from tests.servers.system import ROOT

CLAIMS = [f"CLM-{number}" for number in range(20)]


class BusThatLosesConfirms(Bus):
    """As when a relay is killed after it published and before it noted that: every batch is
    published, the first time without an answer, and so published again."""

    def publisher(self) -> Publisher:
        return _LosesConfirms(super().publisher())


class _LosesConfirms:
    def __init__(self, publisher: Publisher) -> None:
        self._publisher, self._unanswered = publisher, set[int]()

    def publish(self, messages: Sequence[Message]) -> dict[int, str]:
        refused = self._publisher.publish(messages)
        first_time = {message.id for message in messages} - self._unanswered
        self._unanswered |= first_time
        if first_time:
            raise Unavailable("no confirm")
        return refused

    def close(self) -> None:
        self._publisher.close()


class NoInbox:
    """A consumer composed with this remembers nothing of what it has handled."""

    def receive(self, session: Session, subscription: str, event: dict[str, Any]) -> Receipt:
        return Receipt.NEW

    pass_over = receive

    def receive_again(self, session: Session, subscription: str, event: dict[str, Any]) -> bool:
        return True

    def position(self, session: Session, subscription: str, source: str) -> int | None:
        return None


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    made = open_engine(database("subsidy"), "faults")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE ended (case_id text PRIMARY KEY)"))
    yield made
    made.dispose()


@pytest.fixture
def finance_sessions(database: Callable[[str], str]) -> Iterator[Sessions]:
    made = open_engine(database("nomination"), "faults")
    with made.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE booked (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                " payment_id text, traceparent text)"
            )
        )
    yield open_sessions(made)
    made.dispose()


@pytest.mark.parametrize(
    ("inbox", "paid_twice"), [(Inbox(), False), (NoInbox(), True)], ids=["inbox", "no inbox"]
)
def test_a_second_delivery_is_paid_again_only_without_the_inbox_and_the_check_says_so(
    engine: Engine,
    finance_sessions: Sessions,
    empty_database: str,
    inbox: Receives,
    paid_twice: bool,
) -> None:
    sessions, finance = open_sessions(engine), Finance()
    bus_dsn = keyword_dsn(empty_database)
    bus = BusThatLosesConfirms(f"pgmq:{bus_dsn}")
    with (
        in_background(make_relay(engine, bus, Workflows()).run),
        consuming(bus, finance_sessions, finance, {"subsidy": DatabaseFeed(sessions)}, inbox),
    ):
        for case_id in CLAIMS:
            with sessions.begin() as session:
                publish(session, instruction(case_id, 1), case_id=case_id)
        eventually(lambda: everything_was_read(engine, bus_dsn), "both were read", 120.0)
    violations = paid_once(CLAIMS, paid(sessions, booked(finance_sessions)))
    debits = {each.split(": ")[0] for each in violations if "debit at the bank" in each}
    assert debits == ({f"{case_id}/1" for case_id in CLAIMS} if paid_twice else set())
    assert bool(violations) == paid_twice


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_kill_around_the_commit_leaves_one_event_where_the_outbox_is_in_the_transaction(
    engine: Engine, moment: str
) -> None:
    assert ended_despite_a_kill(engine, "inside", moment) == []


@pytest.mark.parametrize(
    ("outbox", "moment", "violation"),
    [
        ("afterwards", "after_commit", f"{DEADLY}: no case_closed"),
        ("beforehand", "before_commit", f"{DEADLY}: case_closed 2 times"),
    ],
    ids=["afterwards", "beforehand"],
)
def test_a_kill_around_the_commit_is_noticed_where_the_outbox_is_outside_of_it(
    engine: Engine, outbox: str, moment: str, violation: str
) -> None:
    assert ended_despite_a_kill(engine, outbox, moment) == [violation]


def ended_despite_a_kill(engine: Engine, outbox: str, moment: str) -> list[str]:
    """A clerk is killed at the moment, another one does everything again."""
    assert clerk(engine, outbox, moment) == -signal.SIGKILL
    assert clerk(engine, outbox) == 0
    with engine.connect() as connection:
        number_events(connection)
        ended = connection.scalars(text("SELECT case_id FROM ended")).all()
    with open_sessions(engine)() as session:
        told = [event["data"]["case_id"] for event in events_after(session, 0, 1000)
                if event["type"] == CLOSED]  # fmt: skip
    return ended_once(CASES, dict.fromkeys(ended, "approved"), told)


def clerk(engine: Engine, *arguments: str) -> int:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.faults.dying_clerk", url, *arguments]
    return subprocess.run(command, cwd=ROOT, timeout=120).returncode


def everything_was_read(engine: Engine, bus_dsn: str) -> bool:
    """The relay has sent all, and the subscriber has acknowledged all."""
    sent = text("SELECT count(*) FROM outbox WHERE delivered_at_utc IS NOT NULL")
    with engine.connect() as connection:
        if connection.scalar(sent) != len(CLAIMS):
            return False
    with psycopg.connect(bus_dsn) as connection:
        left = connection.execute("SELECT count(*) FROM pgmq.q_finance_from_subsidy").fetchone()
    return left == (0,)


def paid(sessions: Sessions, bookings: Sequence[str]) -> Paid:
    """What a finance system and a bank would show that pay whatever is booked."""
    with sessions() as session:
        events = [each["data"] for each in events_after(session, 0, 1000)
                  if each["type"] == INSTRUCTED]  # fmt: skip
    payments = [
        Payment(each["payment_id"], each["case_id"], "settled", None, each["end_to_end_id"], 1)
        for each in events
    ]
    ids = [payment.id for payment in payments]
    return Paid(payments, ids, bookings, bookings, [], bookings)
