"""Makes what the databases need before a service starts: `python -m deploy.databases`.

Databases that are missing, the queues of the embedded bus, each service's migrations. Safe to run
again, and beside itself."""

from __future__ import annotations

import os
from collections.abc import Mapping

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from shared.messaging.bus import Bus, install_pgmq
from shared.messaging.failures import Unavailable
from shared.persistence.migrations import upgrade

SERVICES = ("nomination", "assessment", "subsidy")
_ALONE = 7_260_104_117_002


def keyword_dsn(url: URL) -> str:
    """kombu's pgmq must be given this form: a URI went silently to another server."""
    socket = url.query.get("host")
    return psycopg.conninfo.make_conninfo(
        "",
        host=url.host or (socket if isinstance(socket, str) else None),
        port=url.port,
        user=url.username,
        password=url.password,
        dbname=url.database,
    )


def make_databases(wanted: Mapping[str, URL]) -> list[str]:
    """Creates those that are missing, each on its own server; answers their names."""
    made = []
    for url in wanted.values():
        name = str(url.database)
        with psycopg.connect(keyword_dsn(url.set(database="postgres")), autocommit=True) as session:
            session.execute("select pg_advisory_lock(%s)", (_ALONE,))
            there = session.execute("select 1 from pg_database where datname = %s", (name,))
            if there.fetchone() is None:
                session.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
                made.append(name)
    return made


def database_urls(environ: Mapping[str, str]) -> dict[str, URL]:
    """Every GONGJIANG_<NAME>_DATABASE_URL, by name in lower case."""
    prefix, suffix = "GONGJIANG_", "_DATABASE_URL"
    return {
        name.removeprefix(prefix).removesuffix(suffix).lower(): make_url(value)
        for name, value in environ.items()
        if name.startswith(prefix) and name.endswith(suffix)
    }


def declare_topology(bus_url: str) -> None:
    """Once, before many processes would do it at the same moment. A bus that is away keeps nobody
    from starting: decisions are accepted without it, and each process declares for itself."""
    if bus_url.startswith("pgmq:"):
        install_pgmq(bus_url.removeprefix("pgmq:"))
    try:
        Bus(bus_url).check()
    except Unavailable as error:
        print(f"消息总线暂不可用 / the bus is away for now: {error}", flush=True)


def main() -> None:
    urls = database_urls(os.environ)
    made = make_databases(urls)
    print("新建数据库 / databases made:", ", ".join(made) or "0", flush=True)
    declare_topology(os.environ["GONGJIANG_BUS_URL"])
    for service in SERVICES:
        upgrade(urls[service].render_as_string(hide_password=False), service)
        print(f"{service}: 数据库结构已是最新 / its tables are up to date", flush=True)


if __name__ == "__main__":
    main()
