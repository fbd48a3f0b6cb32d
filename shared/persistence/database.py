"""The declarative base that every persistent class stands on, and engines with time limits."""

from __future__ import annotations

import enum
from datetime import datetime
from time import monotonic
from typing import Any, ClassVar

import psycopg
from sqlalchemy import BigInteger, DateTime, Engine, Enum, MetaData, Text, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

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
    ping_after_seconds: float = 1.0,
) -> Engine:
    """An engine of psycopg 3. A statement that waits longer than the timeouts fails instead of
    holding up everybody behind it; the idle limit frees what a dead process left open. An error
    names no values: they may be a person's. A connection that lay idle for `ping_after_seconds` is
    tried before it is given out; trying each one costs a busy system a tenth of its time."""
    address = make_url(url)
    if address.get_backend_name() != "postgresql":
        raise ValueError("the database must be PostgreSQL")
    options = (
        f"-c lock_timeout={lock_timeout} -c statement_timeout={statement_timeout} "
        "-c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    )
    engine = create_engine(
        address.set(drivername=DRIVER),
        hide_parameters=True,
        connect_args={"application_name": application_name, "options": options},
        pool_size=pool_size,
        max_overflow=pool_size,
    )
    _ping_idle_connections(engine, ping_after_seconds)
    return engine


def _ping_idle_connections(engine: Engine, after_seconds: float) -> None:
    def note(connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = monotonic()

    def ping(connection: Any, record: ConnectionPoolEntry, proxy: object) -> None:
        since = record.info.get("idle_since")
        if since is None or monotonic() - since < after_seconds:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error  # the pool opens new ones in place of all

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ping)


def open_sessions(engine: Engine) -> Sessions:
    """Units of work. What was loaded stays readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)
