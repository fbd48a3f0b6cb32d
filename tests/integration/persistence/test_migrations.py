"""The real migrations, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from subprocess import run
from sys import executable

import pytest
from sqlalchemy import BigInteger, DateTime, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from shared.persistence.constraint_errors import registered
from shared.persistence.database import Base, open_engine
from shared.persistence.migrations import (
    MigrationProblem,
    differences,
    ensure_linear,
    head_of,
    is_current,
)
from shared.persistence.model_modules import MODEL_FILES, ROOT, load_models

SERVICES = ("nomination", "assessment", "subsidy")


@pytest.fixture
def engine(database: Callable[[str], str]) -> Iterator[Engine]:
    engine = open_engine(database("subsidy"), "test", lock_timeout="200ms")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_make_exactly_the_tables_of_the_models(
    service: str, database: Callable[[str], str]
) -> None:
    assert differences(database(service), service) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_migrated_database_is_at_the_revision_that_head_names(
    service: str, database: Callable[[str], str]
) -> None:
    engine = open_engine(database(service), "test")
    with engine.connect() as connection:
        assert is_current(connection, service)
    engine.dispose()


def test_an_empty_database_is_not_at_the_newest_revision(empty_database: str) -> None:
    engine = open_engine(empty_database, "test")
    with engine.connect() as connection:
        assert not is_current(connection, "subsidy")
    engine.dispose()


def test_a_difference_between_models_and_database_is_found(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entries ADD COLUMN surprise text"))
    url = engine.url.render_as_string(hide_password=False)
    assert [found[0] for found in differences(url, "subsidy")] == ["remove_column"]


def test_processes_that_migrate_at_once_wait_for_each_other(empty_database: str) -> None:
    command = [executable, "-m", "shared.persistence", "migrate", "nomination", empty_database]
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda _: run(command, cwd=ROOT, check=False), range(2)))
    assert [each.returncode for each in done] == [0, 0]
    assert differences(empty_database, "nomination") == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_head_file_names_the_one_newest_revision(service: str) -> None:
    ensure_linear(service, head_of(service))
    with pytest.raises(MigrationProblem):
        ensure_linear(service, "9999")


def test_every_registered_constraint_exists_in_a_database(database: Callable[[str], str]) -> None:
    existing: set[str] = set()
    for service in SERVICES:
        load_models(service)
        engine = open_engine(database(service), "test")
        with engine.connect() as connection:
            names = (
                "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class "
                "UNION SELECT proname FROM pg_proc"  # what a trigger function raises as
            )
            existing.update(connection.scalars(text(names)))
        engine.dispose()
    ours = {
        name
        for name, error in registered().items()
        if error.__module__.startswith(("shared.", "services."))
    }
    assert ours - existing == set()


def test_columns_say_their_unit_in_their_name() -> None:
    for service in SERVICES:
        load_models(service)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_moment = isinstance(column.type, DateTime)
            assert is_moment == column.name.endswith("at_utc"), column
            is_amount = column.name.endswith("_fen")
            assert not is_amount or isinstance(column.type, BigInteger), column


def test_persistent_classes_live_in_files_that_the_migrations_look_at() -> None:
    declaring = {
        path.relative_to(ROOT)
        for folder in ("shared", "services")
        for path in (ROOT / folder).rglob("*.py")
        if "\n    __tablename__ = " in path.read_text(encoding="utf-8")
    }
    assert {path for path in declaring if path.name not in MODEL_FILES} == set()


ROWS = {
    "audit_entries": "(at_utc, actor_ref, actor_name, action, facts) "
    "VALUES (now(), 'r', 'n', 'a', '{}')",
    "audit_chain": "VALUES (1, 1, 'p', 'h')",
    "event_log": "(sequence, event_id, type, case_id, event) VALUES (1, 'e', 't', 'c', '{}')",
    "decisions": "(id, task_id, case_id, step_id, step_key, seat, outcome, reason, data, "
    "decided_by, decided_by_name, role, decided_at_utc) "
    "VALUES ('d', 't', 'c', 's', 'k', '', 'o', 'r', '{}', 'p', 'n', 'r', now())",
}


@pytest.mark.parametrize("table", ROWS)
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_append_only_tables_refuse_every_change(engine: Engine, table: str, change: str) -> None:
    column = {"audit_entries": "action", "audit_chain": "hash", "event_log": "type"}.get(
        table, "reason"
    )
    with engine.begin() as connection:
        # without foreign keys, so that one row is enough
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"INSERT INTO {table} {ROWS[table]}"))
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change.format(table, column, column)))


def test_a_statement_that_waits_for_a_lock_gives_up(engine: Engine) -> None:
    with engine.begin() as holder, engine.begin() as waiter:
        holder.execute(text("LOCK TABLE sequence_counter"))
        with pytest.raises(OperationalError, match="lock timeout"):
            waiter.execute(text("SELECT * FROM sequence_counter"))
