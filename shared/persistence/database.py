"""The declarative base that every persistent class stands on, and engines with time limits."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Table,
    Text,
    TextClause,
    create_engine,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import (
    DeclarativeBase,
    Session,
    make_transient_to_detached,
    sessionmaker,
)
from sqlalchemy.orm.attributes import set_committed_value

Sessions = sessionmaker[Session]

DRIVER = "postgresql+psycopg"
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """int is bigint, str is text, datetime is timestamptz, dict and list are jsonb; an enum is
    the text of its value, since a type of PostgreSQL's own could lose no value later.

    A changed dict must be assigned anew: changes inside it are not seen."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        enum.Enum: Enum(enum.Enum, native_enum=False, length=40, values_callable=_values),
        int: BigInteger(),
        str: Text(),
        datetime: DateTime(timezone=True),
        dict: JSONB(),
        list: JSONB(),
        dict[str, Any]: JSONB(),
        dict[str, str]: JSONB(),
        dict[str, int]: JSONB(),
        list[Any]: JSONB(),
        list[str]: JSONB(),
        list[int]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }


def open_engine(
    url: str,
    application_name: str,
    *,
    lock_timeout: str = "5s",
    statement_timeout: str = "30s",
    pool_size: int = 10,
) -> Engine:
    """An engine of psycopg 3. A statement that waits longer than the timeouts fails instead of
    holding up everybody behind it; the idle limit frees what a dead process left open. An error
    names no values: they may be a person's."""
    address = make_url(url)
    if address.get_backend_name() != "postgresql":
        raise ValueError("the database must be PostgreSQL")
    options = (
        f"-c lock_timeout={lock_timeout} -c statement_timeout={statement_timeout} "
        "-c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    )
    return create_engine(
        address.set(drivername=DRIVER),
        hide_parameters=True,
        connect_args={"application_name": application_name, "options": options},
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=pool_size,
    )


def open_sessions(engine: Engine) -> Sessions:
    """Units of work. What was loaded stays readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def insert_new(session: Session, entity: Base) -> None:
    """Writes a new row at once and keeps its entity in the session as if it had been loaded.

    For an entity that has every value (keys and version too) and nothing that hangs on it: one
    statement, where a flush also searches the unit of work for what depends on what."""
    table = cast(Table, entity.__table__)
    values = {column.key: getattr(entity, column.key) for column in table.columns}
    session.execute(insert(table), values)
    for name in values.keys() - entity.__dict__.keys():
        set_committed_value(entity, name, None)
    make_transient_to_detached(entity)
    session.add(entity)


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows of the same columns in their order: one statement with one parameter, however
    many they are. Values are JSON, dates and moments among them; no encrypted column."""
    if rows:
        written = json.dumps(rows, default=_as_text, ensure_ascii=False)
        session.execute(_inserting(table.name, tuple(rows[0])), {"rows": written})


@cache
def _inserting(table: str, columns: tuple[str, ...]) -> TextClause:
    names = ", ".join(columns)
    return text(
        f"INSERT INTO {table} ({names}) SELECT {names} "
        f"FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
    )


def _as_text(value: date) -> str:
    return value.isoformat()
