from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from shared.messaging.backlog import backlog, free_cases, parked_cases
from shared.messaging.bus import Bus
from shared.messaging.feed import events_after
from shared.messaging.numbering import number_events
from shared.messaging.outbox import publish, publish_many, signal_workflow, start_workflow
from shared.messaging.retention import prune_outbox
from shared.persistence import Sessions
from tests.integration.messaging.world import (
    QUICK,
    Workflows,
    delivering,
    eventually,
    in_background,
    instruction,
    make_relay,
    submitted,
)


def waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        return backlog(connection).waiting


def numbers(sessions: Sessions) -> list[int]:
    with sessions() as session:
        return [int(event["sequence"]) for event in events_after(session, 0, 10_000)]


@contextmanager
def locked_case(session: Session, case_id: str) -> Iterator[None]:
    """What the bump of a case's version does: one transaction of a case at a time."""
    lock = text("SELECT pg_advisory_xact_lock(hashtext(:case_id))")
    session.execute(lock, {"case_id": case_id})
    yield


def test_the_order_within_a_case_is_kept_and_no_number_is_missing_under_concurrency(
    engine: Engine, sessions: Sessions, pgmq_bus: Bus, workflows: Workflows
) -> None:
    turns: dict[str, list[int]] = {f"CLM-{n}": [] for n in range(5)}

    def decide(clerk: int) -> None:
        for turn in range(20):
            case_id = f"CLM-{(clerk + turn) % 5}"
            with sessions.begin() as session, locked_case(session, case_id):
                number = len(turns[case_id])
                turns[case_id].append(number)
                publish(session, instruction(case_id, number), case_id=case_id)
                signal_workflow(session, case_id=case_id, signal=str(number))
                if turn % 7 == 0:
                    publish(session, submitted(case_id), case_id=case_id)

    with in_background(make_relay(engine, pgmq_bus, workflows).run):
        clerks = [threading.Thread(target=decide, args=(n,)) for n in range(6)]
        for clerk in clerks:
            clerk.start()
        for clerk in clerks:
            clerk.join()
        eventually(lambda: waiting(engine) == 0, "everything delivered")

    found = numbers(sessions)
    assert found == list(range(1, len(found) + 1)) and len(found) == 6 * 20 + 6 * 3
    with sessions() as session:
        events = events_after(session, 0, 10_000)
    for case_id, made in turns.items():
        payments = [e["data"]["payment_id"] for e in events if e["subject"] == case_id
                    and "payment_id" in e["data"]]  # fmt: skip
        assert payments == [f"{case_id}/{number}" for number in made]
        signals = [int(signal) for case, signal in workflows.calls if case == case_id]
        assert signals == made


def test_a_rolled_back_transaction_sends_nothing_and_leaves_no_gap(
    engine: Engine, sessions: Sessions
) -> None:
    with sessions() as session:
        publish(session, instruction("CLM-1", 1), case_id="CLM-1")
        session.rollback()
    with sessions.begin() as session:
        publish(session, instruction("CLM-1", 2), case_id="CLM-1")
    with engine.connect() as connection:
        assert number_events(connection) == 1
    assert numbers(sessions) == [1]


def test_an_event_is_in_the_feed_before_it_is_delivered_and_a_kill_in_between_loses_nothing(
    engine: Engine, sessions: Sessions, bus: Bus, workflows: Workflows
) -> None:
    with sessions.begin() as session:
        publish(session, instruction("CLM-1", 1), case_id="CLM-1")
        start_workflow(session, case_id="CLM-1")
    with engine.connect() as connection:
        assert number_events(connection) == 1
    assert numbers(sessions) == [1]  # and here the first relay dies

    with in_background(make_relay(engine, bus, workflows).run):
        eventually(lambda: waiting(engine) == 0, "the second relay delivers")
    assert numbers(sessions) == [1]
    assert workflows.calls == [("CLM-1", "start")]


def test_a_failing_row_parks_its_case_alone_until_it_is_freed(
    engine: Engine, sessions: Sessions, bus: Bus, workflows: Workflows
) -> None:
    workflows.refused.add("CLM-bad")
    with sessions.begin() as session:
        for case_id in ("CLM-bad", "CLM-good"):
            start_workflow(session, case_id=case_id)
            signal_workflow(session, case_id=case_id)
            publish(session, instruction(case_id, 1), case_id=case_id)

    def parked() -> list[str]:
        with engine.connect() as connection:
            return [row[0] for row in parked_cases(connection)]

    with in_background(make_relay(engine, bus, workflows).run):
        assert eventually(parked, "the bad case is parked") == ["CLM-bad"]
        with sessions.begin() as session:
            signal_workflow(session, case_id="CLM-good", signal="later")
        eventually(lambda: ("CLM-good", "later") in workflows.calls, "others go on")
        eventually(lambda: waiting(engine) == 3, "only the bad case waits, its event too")
        workflows.refused.clear()
        with engine.begin() as connection:
            assert free_cases(connection) == 1
        eventually(lambda: waiting(engine) == 0, "the freed case is delivered")
    assert [call for call in workflows.calls if call[0] == "CLM-bad"] == [
        ("CLM-bad", "start"),
        ("CLM-bad", "case_changed"),
    ]
    assert not parked()


def test_behind_full_batches_each_row_is_sent_once_and_in_the_order_of_its_case(
    engine: Engine, sessions: Sessions, pgmq_bus: Bus, workflows: Workflows
) -> None:
    """The next batch is read while one is on its way, and some of that one fail."""
    workflows.refused.add("CLM-bad")
    cases, turns = ["CLM-1", "CLM-2", "CLM-bad", "CLM-3"], range(12)
    for turn in turns:
        with sessions.begin() as session:
            for case_id in cases[turn % 4 :] + cases[: turn % 4]:
                publish(session, instruction(case_id, turn), case_id=case_id)
                signal_workflow(session, case_id=case_id, signal=str(turn))
    relay = make_relay(engine, pgmq_bus, workflows, limits=replace(QUICK, batch=3, attempts=2))
    with in_background(relay.run):
        # what is left of the bad case: all but its first event, which precedes the refused signal
        eventually(lambda: waiting(engine) == 2 * len(turns) - 1, "all but the bad case's rows")
    for case_id in ("CLM-1", "CLM-2", "CLM-3"):
        calls = [signal for called, signal in workflows.calls if called == case_id]
        assert calls == [str(turn) for turn in turns]
    assert numbers(sessions) == list(range(1, 4 * len(turns) + 1))


def test_while_the_workflow_server_is_away_events_go_on_and_nothing_is_parked(
    engine: Engine, sessions: Sessions, bus: Bus, workflows: Workflows
) -> None:
    workflows.away = True
    with sessions.begin() as session:
        start_workflow(session, case_id="CLM-1")
        publish(session, submitted("CLM-1"), case_id="CLM-1")
        publish(session, instruction("CLM-2", 1), case_id="CLM-2")
    with in_background(make_relay(engine, bus, workflows).run):
        eventually(lambda: waiting(engine) == 2, "the case that needs no workflow is delivered")
        assert numbers(sessions) == [1, 2]
        workflows.away = False
        eventually(lambda: waiting(engine) == 0, "the rest follows")
    with engine.connect() as connection:
        assert backlog(connection).parked == 0
    assert workflows.calls == [("CLM-1", "start")]


def test_while_the_bus_is_away_workflows_go_on(
    engine: Engine, sessions: Sessions, workflows: Workflows
) -> None:
    nowhere = Bus("amqp://guest:guest@127.0.0.1:1/")
    with sessions.begin() as session:
        publish(session, instruction("CLM-1", 1), case_id="CLM-1")
        start_workflow(session, case_id="CLM-2")
    with in_background(make_relay(engine, nowhere, workflows).run):
        eventually(lambda: workflows.calls, "the workflow starts")
        eventually(lambda: numbers(sessions) == [1], "the feed has the event")
    assert waiting(engine) == 1


def test_a_signal_that_finds_no_workflow_starts_it_where_the_case_is_open(
    engine: Engine, sessions: Sessions, pgmq_bus: Bus, workflows: Workflows
) -> None:
    """The workflow server lost its history, and somebody decided before the repair."""
    workflows.unknown |= {"CLM-closed", "CLM-open"}
    with sessions.begin() as session:
        for case_id in ("CLM-closed", "CLM-open", "CLM-known"):
            signal_workflow(session, case_id=case_id)
            signal_workflow(session, case_id=case_id, signal="later")
            publish(session, instruction(case_id, 1), case_id=case_id)
    relay = make_relay(
        engine, pgmq_bus, workflows, case_is_closed=lambda _, case_id: case_id == "CLM-closed"
    )
    with in_background(relay.run):
        eventually(lambda: waiting(engine) == 0, "all is delivered")
    assert [call for call in workflows.calls if call[0] == "CLM-open"] == [
        ("CLM-open", "start"),
        ("CLM-open", "case_changed"),
        ("CLM-open", "later"),
    ]
    assert not [call for call in workflows.calls if call[0] == "CLM-closed"]
    with engine.connect() as connection:
        assert not parked_cases(connection)


def test_a_workflow_that_cannot_be_started_again_parks_its_case_alone(
    engine: Engine, sessions: Sessions, pgmq_bus: Bus, workflows: Workflows
) -> None:
    class CannotStart(Workflows):
        async def revive(self, case_id: str, signal: str, outbox_id: int) -> None:
            raise ValueError(case_id)

    workflows = CannotStart(unknown={"CLM-open"})
    with sessions.begin() as session:
        signal_workflow(session, case_id="CLM-open")
        signal_workflow(session, case_id="CLM-known")

    def parked() -> list[str]:
        with engine.connect() as connection:
            return [row[0] for row in parked_cases(connection)]

    with in_background(make_relay(engine, pgmq_bus, workflows).run):
        assert eventually(parked, "the case is parked") == ["CLM-open"]
        eventually(lambda: waiting(engine) == 1, "the other goes on")


def test_of_two_relays_one_is_active_and_the_other_takes_over(
    engine: Engine, sessions: Sessions, pgmq_bus: Bus
) -> None:
    first, second = Workflows(), Workflows()
    with in_background(make_relay(engine, pgmq_bus, second).run) as stop_second:
        with sessions.begin() as session:
            start_workflow(session, case_id="CLM-1")
        eventually(lambda: second.calls, "the only relay is active")
        with in_background(make_relay(engine, pgmq_bus, first).run):
            for number in range(20):
                with sessions.begin() as session:
                    start_workflow(session, case_id=f"CLM-2-{number}")
            eventually(lambda: len(second.calls) == 21, "the active one delivers")
            assert not first.calls
            stop_second.set()
            with sessions.begin() as session:
                start_workflow(session, case_id="CLM-3")
            eventually(lambda: ("CLM-3", "start") in first.calls + second.calls, "taken over")
            eventually(lambda: waiting(engine) == 0, "marked")


def test_a_queue_that_somebody_deleted_is_declared_again_and_the_event_arrives(
    engine: Engine, sessions: Sessions, bus: Bus, workflows: Workflows
) -> None:
    with engine.connect() as connection, delivering(bus, workflows) as delivery:
        with sessions.begin() as session:
            publish(session, instruction("CLM-1", 1), case_id="CLM-1")
        number_events(connection)
        assert delivery.deliver(connection, delivery.read(connection)) == 1
        with bus.connect() as broker:
            broker.channel().queue_delete("finance_from_subsidy")
        with sessions.begin() as session:
            publish(session, instruction("CLM-2", 1), case_id="CLM-2")
            publish(session, submitted("CLM-3"), case_id="CLM-3")  # nobody reads this type
        number_events(connection)
        assert delivery.deliver(connection, delivery.read(connection)) == 1
        again = partial(delivery.read, connection)
        eventually(lambda: delivery.deliver(connection, again()), "the second try")
        assert waiting(engine) == 0


def test_audit_entries_are_linked_and_old_rows_leave_the_outbox(
    engine: Engine, sessions: Sessions, pgmq_bus: Bus, workflows: Workflows
) -> None:
    linked = threading.Event()
    relay = make_relay(engine, pgmq_bus, workflows, link_audit=lambda connection: linked.set() or 1)
    with sessions.begin() as session:
        publish(session, instruction("CLM-1", 1), case_id="CLM-1")
        start_workflow(session, case_id="CLM-1")
    with in_background(relay.run):
        assert linked.wait(30)
        eventually(lambda: waiting(engine) == 0, "delivered")
    with engine.connect() as connection:
        assert prune_outbox(connection, 1.0) == 0
        assert prune_outbox(connection, 0.0) == 2
    assert numbers(sessions) == [1]  # the feed keeps it


def test_what_a_batch_costs_does_not_grow_with_the_backlog(
    engine: Engine, sessions: Sessions, pgmq_bus: Bus, workflows: Workflows
) -> None:
    """Neither half reads the outbox as a whole."""
    read_whole = text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'outbox'")

    def times_read_whole() -> int:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
            connection.commit()
            return int(connection.execute(read_whole).scalar_one())

    with sessions.begin() as session:
        for first in range(0, 20_000, 1_000):
            cases = [f"CLM-{number:06}" for number in range(first, first + 1_000)]
            publish_many(session, [(submitted(case_id), case_id) for case_id in cases])
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM ANALYZE outbox"))
    before = times_read_whole()
    with engine.connect() as connection, delivering(pgmq_bus, workflows) as delivery:
        assert number_events(connection, 500) == 500
        batch = delivery.read(connection)
        assert delivery.deliver(connection, batch) == 500
        assert number_events(connection, 500) == 500
        assert len(delivery.read(connection, batch.cases).cases) == 500
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        connection.commit()
    assert times_read_whole() == before
