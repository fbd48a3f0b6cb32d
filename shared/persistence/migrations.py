"""Migrations: one linear history a service. Only forward: a mistake is mended by the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Enum, text

from shared.persistence.database import Base, open_engine
from shared.persistence.model_modules import ROOT, load_models, own_tables, shared_tables

_MIGRATING = 0x6D696772  # "migr": one migration of a database at a time
WAIT_FOR_ANOTHER_MIGRATION = "60s"
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "60s"


class MigrationProblem(Exception):
    """The history is not linear, or is not the one that the file `head` names."""


def folder(service: str) -> Path:
    return ROOT / "services" / service / "migrations"


def head_of(service: str) -> str:
    """The newest revision, as the file `head` says; two branches conflict in that file."""
    return (folder(service) / "head").read_text(encoding="utf-8").strip()


def ensure_linear(service: str, head: str) -> None:
    """Raises MigrationProblem unless `head` is the one revision that nothing follows."""
    found = ScriptDirectory.from_config(_config(service)).get_heads()
    if list(found) != [head]:
        raise MigrationProblem(f"{service}: the file head says {head}, the history {found}")


def upgrade(url: str, service: str) -> None:
    """Brings the database to the newest revision. Safe to call from several processes at once."""
    ensure_linear(service, head_of(service))
    engine = open_engine(
        url,
        f"gongjiang-migrate-{service}",
        lock_timeout=WAIT_FOR_ANOTHER_MIGRATION,
        statement_timeout=STATEMENT_TIMEOUT,
    )
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATING})
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.commit()
            config = _config(service)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()  # the advisory lock goes with the connection


def current(connection: Connection) -> str | None:
    """The revision that the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(connection: Connection, service: str) -> bool:
    """For readiness: whether the database is at the newest revision, or past it: a release still
    serves while the next one has migrated already. Revisions are numbers of four digits."""
    return (current(connection) or "") >= head_of(service)


def comparing(connection: Connection, service: str) -> MigrationContext:
    """A context that compares the database with the tables of the service, and no other's."""
    load_models(service)
    compared = shared_tables() | own_tables(service)
    elsewhere = frozenset(Base.metadata.tables) - compared

    def include_object(
        thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any
    ) -> bool:
        return kind != "table" or name not in elsewhere

    options = {
        "target_metadata": Base.metadata,
        "include_object": include_object,
        "compare_type": True,
        "compare_server_default": True,
        "render_item": render_item,
    }
    return MigrationContext.configure(connection, opts=options)


def differences(url: str, service: str) -> list[Any]:
    """What the database lacks or has too much, against the models; empty when they agree."""
    engine = open_engine(url, "gongjiang-compare")
    try:
        with engine.connect() as connection:
            return list(compare_metadata(comparing(connection, service), Base.metadata))
    finally:
        engine.dispose()


def render_item(kind: str, thing: Any, context: Any) -> str | Literal[False]:
    """In migrations a type of ours is what the database sees of it."""
    if kind == "type" and isinstance(thing, Enum) and not thing.native_enum:
        return f"sa.String(length={thing.length})"
    if kind == "type" and type(thing).__module__.startswith("shared."):
        return f"sa.{thing.impl!r}"
    return False


def run_environment() -> None:
    """The whole of each service's env.py. Each migration has its own transaction."""
    from alembic import context  # only there while alembic runs an env.py

    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder(service)).replace("%", "%%"))
    return config
