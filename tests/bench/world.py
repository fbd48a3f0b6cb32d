"""What the figures stand on: the running parts, and more beside them on databases of their own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import psycopg
from sqlalchemy.engine import make_url

from shared.persistence.migrations import upgrade
from tests.bench.calling import Caller, until
from tests.servers.system import PASSWORD, ROOT

# the demonstration's day lasts as long as a real one: no deadline passes while a figure is taken
SLOW_DAYS = {"GONGJIANG_SECONDS_PER_WORKING_DAY": "86400"}
API = "/subsidy/api/v1"
WEB = ("-m", "services.subsidy.app", "web")


@dataclass
class World:
    folder: Path
    settings: Mapping[str, str]
    ports: Mapping[str, int]
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, username: str) -> str:
        """One of the demonstration people, signed in."""
        if username not in self.tokens:
            form = {"grant_type": "password", "username": username, "password": PASSWORD}
            url = f"http://127.0.0.1:{self.ports['identity']}/identity/token"
            with urlopen(url, urlencode(form).encode(), timeout=30) as answer:
                self.tokens[username] = json.load(answer)["access_token"]
        return self.tokens[username]

    @property
    def web(self) -> Caller:
        """The running subsidy-web, past the gateway."""
        return Caller(self.ports["subsidy"])

    def rows(self, database: str, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        """`database`: a name as in GONGJIANG_<NAME>_DATABASE_URL, or a URL."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            cursor = connection.execute(statement, given or None)
            return cursor.fetchall() if cursor.description else []

    def dsn(self, database: str) -> str:
        url = self.settings.get(f"GONGJIANG_{database.upper()}_DATABASE_URL", database)
        return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    def new_database(self, name: str) -> str:
        """The URL of a database of subsidy at its newest revision, beside the running one."""
        own = make_url(self.settings["GONGJIANG_SUBSIDY_DATABASE_URL"])
        maintenance = own.set(database="postgres").render_as_string(hide_password=False)
        self.rows(maintenance, f"CREATE DATABASE {name}")
        url = own.set(database=name).render_as_string(hide_password=False)
        upgrade(url, "subsidy")
        return url

    @contextmanager
    def another_web(self, database_url: str) -> Iterator[Caller]:
        """Subsidy's web process as it runs in production, on a database of its own."""
        more = {"GONGJIANG_SUBSIDY_DATABASE_URL": database_url}
        with self.serving(WEB, "/subsidy/health", more) as caller:
            yield caller

    @contextmanager
    def serving(
        self, command: tuple[str, ...], health: str, more: Mapping[str, str]
    ) -> Iterator[Caller]:
        port = free_port()
        environ = {**os.environ, **self.settings, **more, "PORT": str(port)}
        log = self.folder / f"bench-{port}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=environ, stdout=output, stderr=output
            )
            try:
                caller = Caller(port)
                until(lambda: self._answers(process, port, health, log), str(command), 90, 0.2)
                yield caller
            finally:
                process.terminate()
                process.wait(timeout=30)

    def _answers(self, process: subprocess.Popen[bytes], port: int, health: str, log: Path) -> bool:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            Caller(port).call("GET", health)
        except (OSError, AssertionError):
            return False
        except ValueError:
            return True  # answered, in something else than JSON
        return True


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    """Subsidy's processes, the engines under them, the identity provider, finance and its bank."""
    environ = {**os.environ, **SLOW_DAYS, "GONGJIANG_STATE": str(folder)}
    environ["GONGJIANG_PORT"] = str(free_port())
    with (folder / "start.log").open("w") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.one_service"],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=output,
        )
    try:
        until(lambda: is_up(supervisor, folder), "the system is up", 300, 0.25)
        yield world_in(folder)
    finally:
        supervisor.terminate()
        supervisor.wait(timeout=120)


def is_up(supervisor: subprocess.Popen[bytes], folder: Path) -> bool:
    assert supervisor.poll() is None, (folder / "start.log").read_text()[-2000:]
    status = folder / "status.json"
    return status.exists() and bool(json.loads(status.read_text(encoding="utf-8"))["up"])


def world_in(folder: Path) -> World:
    settings = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    ports = json.loads((folder / "ports.json").read_text(encoding="utf-8"))
    return World(folder, settings, ports)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
