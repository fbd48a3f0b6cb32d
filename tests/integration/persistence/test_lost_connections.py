"""A connection that died in the pool: replaced where it is tried first, told where it is not."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from shared.persistence import open_engine


def pid(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def end(url: str, victim: int) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (victim,))


def test_one_that_lay_idle_is_tried_and_replaced(database: Callable[[str], str]) -> None:
    url = database("subsidy")
    engine = open_engine(url, "test", ping_after_seconds=0)
    lost = pid(engine)
    end(url, lost)
    assert pid(engine) != lost
    engine.dispose()


def test_one_that_was_just_used_fails_once_and_takes_the_whole_pool_with_it(
    database: Callable[[str], str],
) -> None:
    url = database("subsidy")
    engine = open_engine(url, "test", ping_after_seconds=60)
    with engine.connect() as first, engine.connect() as second:
        lost = {
            int(each.execute(text("SELECT pg_backend_pid()")).scalar_one())
            for each in (first, second)
        }
    for victim in lost:
        end(url, victim)
    with pytest.raises(OperationalError):
        pid(engine)
    assert pid(engine) not in lost
    engine.dispose()
