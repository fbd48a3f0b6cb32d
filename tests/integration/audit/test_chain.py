"""The audit chain on a real database, and what its verification finds when somebody went past
the triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from shared.audit import (
    AuditEntry,
    Deed,
    chain_head,
    link,
    not_linked,
    record,
    record_many,
    verify,
)
from shared.audit.__main__ import main
from shared.kernel.actor import Actor
from shared.persistence import Sessions, open_engine, open_sessions

REVIEWER = Actor("a1b2", "周敏")
AT = datetime(2024, 3, 4, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.fixture
def url(database: Callable[[str], str]) -> str:
    return database("subsidy")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url, "test")
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    return open_sessions(engine)


def write(sessions: Sessions, count: int, case_id: str = "CLM-2024-000001", **facts: Any) -> None:
    with sessions.begin() as session:
        for number in range(count):
            record(
                session,
                at=AT,
                actor=REVIEWER,
                action="task_decided",
                case_id=case_id,
                facts={"number": number, **facts},
                reason="材料齐全",
            )


def link_all(engine: Engine, limit: int = 1000) -> list[int]:
    counts = []
    while True:
        with engine.begin() as connection:
            counts.append(link(connection, limit=limit))
        if not counts[-1]:
            return counts


def found(engine: Engine, head: tuple[int, str] | None = None) -> list[tuple[str, int]]:
    with engine.connect() as connection:
        return [(each.code, each.entry_id) for each in verify(connection, head=head)]


def tamper(engine: Engine, *statements: str) -> None:
    """As a superuser who switches the triggers and foreign keys off."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def ids(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT entry_id FROM audit_chain ORDER BY position")))


@pytest.fixture
def linked(engine: Engine, sessions: Sessions) -> list[int]:
    """Ten linked entries with facts of every kind; their ids in the order of the chain."""
    write(sessions, 9, big=2**60, share=0.1, nested={"b": [1, None, True], "a": "焊工"})
    write(sessions, 1, text='"\\ \u2028')
    link_all(engine, limit=4)
    return ids(engine)


def test_committed_entries_are_linked_in_batches_and_the_chain_holds(
    engine: Engine, sessions: Sessions
) -> None:
    write(sessions, 7)
    with engine.connect() as connection:
        assert len(not_linked(connection)) == 7
    assert link_all(engine, limit=3) == [3, 3, 1, 0]
    with engine.connect() as connection:
        assert not_linked(connection) == []
        assert chain_head(connection)[0] == 7
    assert found(engine) == []


def test_an_entry_is_written_if_and_only_if_the_deed_is(engine: Engine, sessions: Sessions) -> None:
    with pytest.raises(RuntimeError), sessions.begin() as session:
        record(session, at=AT, actor=REVIEWER, action="x", case_id=None, facts={})
        session.flush()
        raise RuntimeError
    assert link_all(engine) == [0]


def test_an_entry_that_commits_late_is_linked_later(engine: Engine, sessions: Sessions) -> None:
    with sessions.begin() as late:
        record(late, at=AT, actor=REVIEWER, action="late", case_id=None, facts={})
        late.flush()
        write(sessions, 2)
        assert link_all(engine) == [2, 0]
    assert link_all(engine) == [1, 0]
    order = ids(engine)
    assert order[-1] == min(order)
    assert found(engine) == []


def test_linkers_that_run_at_once_give_each_entry_one_place(
    engine: Engine, sessions: Sessions
) -> None:
    write(sessions, 60)
    barrier = Barrier(4)

    def run(_: int) -> int:
        barrier.wait()
        return sum(link_all(engine, limit=5))

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(run, range(4))) == 60
    assert found(engine) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor_ref = 'x'",
        "actor_name = '王'",
        "action = 'x'",
        "reason = NULL",
        "case_id = 'CLM-2024-000002'",
        "at_utc = at_utc + interval '1 microsecond'",
        "facts = jsonb_set(facts, '{big}', '1')",
        "facts = facts - 'share'",
    ],
)
def test_a_changed_entry_is_named(engine: Engine, linked: list[int], change: str) -> None:
    assert found(engine) == []
    tamper(engine, f"UPDATE audit_entries SET {change} WHERE id = {linked[4]}")
    assert found(engine) == [("entry_changed", linked[4])]


def test_a_deleted_entry_is_named(engine: Engine, linked: list[int]) -> None:
    tamper(engine, f"DELETE FROM audit_entries WHERE id = {linked[4]}")
    assert found(engine) == [("entry_missing", linked[4])]


def test_a_link_taken_out_is_named(engine: Engine, linked: list[int]) -> None:
    tamper(engine, f"DELETE FROM audit_chain WHERE entry_id = {linked[4]}")
    assert found(engine) == [("link_missing", linked[5])]
    with engine.connect() as connection:
        assert not_linked(connection) == [linked[4]]


def test_a_rewritten_hash_is_named_and_so_is_the_link_after_it(
    engine: Engine, linked: list[int]
) -> None:
    tamper(engine, f"UPDATE audit_chain SET hash = 'x' WHERE entry_id = {linked[4]}")
    assert found(engine) == [("entry_changed", linked[4]), ("chain_broken", linked[5])]


def test_two_entries_that_changed_places_are_named(engine: Engine, linked: list[int]) -> None:
    one, two = linked[2], linked[3]
    tamper(
        engine,
        f"UPDATE audit_chain SET entry_id = -1 WHERE entry_id = {one}",
        f"UPDATE audit_chain SET entry_id = {one} WHERE entry_id = {two}",
        f"UPDATE audit_chain SET entry_id = {two} WHERE entry_id = -1",
    )
    assert found(engine) == [("entry_changed", two), ("entry_changed", one)]


def test_an_end_cut_off_is_found_by_a_head_that_was_noted(
    engine: Engine, linked: list[int]
) -> None:
    with engine.connect() as connection:
        head = chain_head(connection)
    assert found(engine, head) == []
    last = linked[-1]
    tamper(
        engine,
        f"DELETE FROM audit_chain WHERE entry_id = {last}",
        f"DELETE FROM audit_entries WHERE id = {last}",
    )
    assert found(engine) == []
    assert found(engine, head) == [("head_missing", 0)]


def test_the_command_says_where_the_chain_breaks_and_what_is_not_linked(
    url: str,
    engine: Engine,
    sessions: Sessions,
    linked: list[int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["verify", url]) == 0
    assert "链头 head 10:" in capsys.readouterr().out
    write(sessions, 1)
    tamper(engine, f"UPDATE audit_entries SET action = 'x' WHERE id = {linked[1]}")
    assert main(["verify", url]) == 1
    said = capsys.readouterr().out
    assert f"记录 entry {linked[1]}:" in said
    assert f"not linked yet (1): {linked[-1] + 1}" in said


def test_many_deeds_are_one_statement_in_their_order_with_every_value(sessions: Sessions) -> None:
    facts = {"数": [1, None, {"a": True}], "text": "一\\n二 :rows %s", "big": 2**60}
    deeds = [
        Deed(
            AT,
            REVIEWER,
            f"act-{number}",
            None if number else "CLM-1",
            facts,
            "因为" if number else None,
        )
        for number in range(50)
    ]
    with sessions.begin() as session:
        record_many(session, deeds)
        record_many(session, [])
    with sessions() as session:
        kept = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [each.action for each in kept] == [f"act-{number}" for number in range(50)]
    first, second = kept[:2]
    assert (first.at_utc, first.actor_name, first.case_id, first.reason) == (
        AT,
        REVIEWER.name,
        "CLM-1",
        None,
    )
    assert (second.case_id, second.reason, second.facts) == (None, "因为", facts)
