"""Servers that settings name and that cannot be used: each is told in both languages, with what to
do, before the first process starts."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from deploy.addresses import keyword_dsn
from deploy.run.output import Output
from deploy.run.starting import require_servers
from deploy.run.state import free_port
from deploy.run.words import CannotStart
from deploy.servers import bus_trouble, postgres_troubles
from shared.kernel.ids import new_id
from tests.servers.old_postgres import postgres_that_says
from tests.servers.rabbitmq import Broker
from tests.servers.system import ROOT

SECRET = "not-the-password"


@pytest.fixture
def server(postgres_url: str) -> URL:
    return make_url(postgres_url).set(drivername="postgresql+psycopg")


@pytest.fixture
def administer(server: URL) -> Callable[[str], None]:
    def run(statements: str) -> None:
        with psycopg.connect(keyword_dsn(server), autocommit=True) as session:
            for statement in filter(None, statements.split(";")):
                session.execute(statement.encode())

    return run


@pytest.fixture
def clerk(server: URL, administer: Callable[[str], None]) -> Iterator[URL]:
    """Somebody who may sign in and nothing else; whose databases go with them."""
    name = f"clerk_{new_id()}"
    administer(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{SECRET}'")
    yield server.set(username=name, password=SECRET, database=name)
    with psycopg.connect(keyword_dsn(server), autocommit=True) as session:
        for each in (sql.SQL("DROP DATABASE IF EXISTS {}"), sql.SQL("DROP ROLE {}")):
            session.execute(each.format(sql.Identifier(name)))


def told(*urls: URL) -> str:
    """What is said of the one server that these are on; empty when it can be used."""
    found = list(postgres_troubles({str(url.database): url for url in urls}))
    assert len(found) <= 1
    return str(found[0]) if found else ""


def test_a_server_that_can_be_used_has_no_trouble(server: URL) -> None:
    assert told(server, server.set(database=f"missing_{new_id()}")) == ""


def test_a_user_whom_the_server_does_not_know_is_named_with_what_it_said(server: URL) -> None:
    said = told(server.set(username="nobody-here", password=SECRET))

    assert "不接受用户 nobody-here" in said and "does not accept the user nobody-here" in said
    assert 'role "nobody-here" does not exist' in said or "password authentication failed" in said
    assert "GONGJIANG_POSTGRES_URL" in said and SECRET not in said


def test_a_wrong_password_is_told_and_not_shown(server: URL) -> None:
    if not server.password:
        pytest.skip("the embedded PostgreSQL asks for no password")
    said = told(server.set(password=SECRET))

    assert "不接受用户" in said and "password authentication failed" in said and SECRET not in said


def test_a_host_that_does_not_answer_is_told_with_its_port() -> None:
    port = free_port()
    said = told(make_url(f"postgresql+psycopg://me:{SECRET}@127.0.0.1:{port}/subsidy"))

    assert f"连不上 PostgreSQL 服务器 127.0.0.1:{port}" in said and "cannot be reached" in said
    assert SECRET not in said


def test_a_server_older_than_15_is_refused_with_its_version() -> None:
    with postgres_that_says("14.9") as port:
        said = told(make_url(f"postgresql+psycopg://me@127.0.0.1:{port}/subsidy"))

    assert "版本是 14.9，需要 15 或更新" in said and "15 or later is needed" in said


def test_what_the_user_may_not_make_is_listed_as_statements_that_mend_it(
    clerk: URL, administer: Callable[[str], None]
) -> None:
    said = told(clerk)
    assert "不能新建数据库" in said and "may not create databases" in said
    administer(f'CREATE DATABASE "{clerk.database}"')
    closed = told(clerk)
    assert "不能在这些数据库中建表" in closed and "may not make tables" in closed
    administer(closed.rpartition("run: ")[2])
    assert told(clerk) == ""
    administer(f'DROP DATABASE "{clerk.database}"; {said.rpartition("run: ")[2]}')
    assert told(clerk) == ""


@pytest.mark.parametrize(
    "wrong", ["redis://h", "amqp//h", "pgmq:postgresql://h/bus", "amqp://h:p/"]
)
def test_an_address_that_is_no_bus_is_refused(wrong: str) -> None:
    found = bus_trouble(wrong)

    assert found is not None and found.refused
    said = str(found.finding)
    assert "不是消息总线的地址" in said and "no address of a bus" in said


def test_a_bus_that_is_away_is_told_and_keeps_nobody_from_starting(tmp_path: Path) -> None:
    port, terminal = free_port(), io.StringIO()
    output = Output(tmp_path, terminal)
    require_servers({"GONGJIANG_BUS_URL": f"amqp://me:{SECRET}@127.0.0.1:{port}/v"}, output)
    output.close()

    said = terminal.getvalue()
    assert f"消息总线没有应答（127.0.0.1:{port}" in said and "the bus does not answer" in said
    assert SECRET not in said


def test_a_broker_that_refuses_keeps_the_system_from_starting_with_what_it_said(
    rabbitmq_broker: Broker, rabbitmq_url: str, tmp_path: Path
) -> None:
    output = Output(tmp_path, io.StringIO())
    require_servers({"GONGJIANG_BUS_URL": rabbitmq_url}, output)
    for wrong, word in (
        (rabbitmq_url.replace(":gongjiang@", f":{SECRET}@"), "ACCESS_REFUSED"),
        (rabbitmq_broker.url("no-such-host"), "no-such-host"),
    ):
        with pytest.raises(CannotStart, match="拒绝了连接") as refused:
            require_servers({"GONGJIANG_BUS_URL": wrong}, output)
        assert word in str(refused.value) and "refused the connection" in str(refused.value)
        assert SECRET not in str(refused.value)
    output.close()


@pytest.mark.parametrize("command", [("deploy.run", "run"), ("deploy.run", "doctor")])
@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ("postgresql://me:{secret}@127.0.0.1:{port}/x", "连不上", "cannot be reached"),
        ("postgresql://me:{secret}@127.0.0.1:port/x", "不是 PostgreSQL 的地址", "is no address of"),
    ],
)
def test_run_and_doctor_end_with_sentences_and_no_trace(
    command: tuple[str, str], given: str, zh: str, en: str, tmp_path: Path
) -> None:
    said = ended(command, tmp_path, GONGJIANG_POSTGRES_URL=given)

    assert zh in said and en in said and "GONGJIANG_POSTGRES_URL" in said
    assert "Traceback" not in said and SECRET not in said


def test_the_preparation_in_a_container_ends_with_sentences_and_no_trace(tmp_path: Path) -> None:
    url = "postgresql+psycopg://me:{secret}@127.0.0.1:{port}/subsidy"
    said = ended(("deploy.databases",), tmp_path, GONGJIANG_SUBSIDY_DATABASE_URL=url)

    assert "连不上" in said and "cannot be reached" in said
    assert "Traceback" not in said and SECRET not in said


def ended(command: tuple[str, ...], folder: Path, **settings: str) -> str:
    """What it printed; it ended by itself, and not well."""
    outer = {k: v for k, v in os.environ.items() if not k.startswith("GONGJIANG_")}
    port = free_port()
    given = {k: v.format(secret=SECRET, port=port) for k, v in settings.items()}
    own = {"GONGJIANG_STATE": str(folder / "state"), "GONGJIANG_PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**outer, **own, **given},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode not in (0, None)
    return done.stdout + done.stderr
