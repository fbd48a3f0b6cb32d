"""One PostgreSQL server for a run of the tests, and databases made from migrated templates."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from shared.persistence.migrations import upgrade
from tests.servers.docker_engine import why_not, without_reaper_if_it_cannot_run

ROOT = Path(__file__).parents[2]
IMAGE = os.environ.get("POSTGRES_IMAGE", "postgres:17")
# Data of tests need not survive a power cut.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of the server's maintenance database, as a superuser."""
    with _embedded() if why_not(IMAGE) else _container() as url:
        yield url


@contextmanager
def _container() -> Iterator[str]:
    from testcontainers.community.postgres import PostgresContainer

    without_reaper_if_it_cannot_run()
    container = PostgresContainer(IMAGE, username="postgres", dbname="postgres", driver=None)
    # room for the engines of a whole run, each with a pool of its own
    with container.with_command(["postgres", *FAST, "-c", "max_connections=300"]) as running:
        yield running.get_connection_url()


@contextmanager
def _embedded() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.embedded_postgres"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError("the embedded PostgreSQL did not start")
        yield url
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=30)


class Databases:
    """Makes databases from templates, and drops them when they are not needed any more."""

    def __init__(self, server_url: str) -> None:
        self._server = make_url(server_url)
        self._templates: dict[str, str] = {}
        self._made = 0

    def url_of(self, name: str) -> str:
        url = self._server.set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def empty(self) -> str:
        return self._create("template0")

    def migrated(self, service: str) -> str:
        """A new database at the service's newest revision, filled as its migrations fill it."""
        if service not in self._templates:
            template = self._create("template0")
            upgrade(self.url_of(template), service)
            self._templates[service] = template
        return self._create(self._templates[service])

    def drop(self, name: str) -> None:
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def _create(self, template: str) -> str:
        self._made += 1
        name = f"t{os.getpid()}_{self._made}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _execute(self, statement: sql.Composed) -> None:
        conninfo = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def lent(databases: Databases) -> Iterator[Callable[[str | None], str]]:
    """`make(service)` gives the URL of a new database; all of them are dropped at the end."""
    names: list[str] = []

    def make(service: str | None = None) -> str:
        names.append(databases.empty() if service is None else databases.migrated(service))
        return databases.url_of(names[-1])

    try:
        yield make
    finally:
        for name in names:
            with suppress(psycopg.Error):  # the server itself goes at the end of the run
                databases.drop(name)
