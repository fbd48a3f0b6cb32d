"""Makes what the databases need before a service starts: `python -m deploy.databases`.

Databases that are missing, the queues of the embedded bus, each service's migrations. Safe to run
again, and beside itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import psycopg
from psycopg import sql
from sqlalchemy import URL

from deploy.addresses import database_urls, keyword_dsn
from deploy.run.words import CannotStart
from deploy.servers import bus_trouble, postgres_troubles
from shared.messaging.bus import install_pgmq
from shared.persistence.migrations import upgrade

SERVICES = ("nomination", "assessment", "subsidy")
_ALONE = 7_260_104_117_002


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


def declare_topology(bus_url: str) -> None:
    """Once, before many processes would do it at the same moment. A bus that is away keeps nobody
    from starting: decisions are accepted without it, and each process declares for itself."""
    if bus_url.startswith("pgmq:"):
        install_pgmq(bus_url.removeprefix("pgmq:"))
    trouble = bus_trouble(bus_url)
    if trouble is not None:
        print(trouble.finding, flush=True)
        if trouble.refused:
            sys.exit(1)


def main() -> None:
    try:
        urls = database_urls(os.environ)
    except CannotStart as error:
        sys.exit(str(error))
    if troubles := list(postgres_troubles(urls)):
        sys.exit("\n".join(map(str, troubles)))
    made = make_databases(urls)
    print("新建数据库 / databases made:", ", ".join(made) or "0", flush=True)
    declare_topology(os.environ["GONGJIANG_BUS_URL"])
    for service in SERVICES:
        upgrade(urls[service].render_as_string(hide_password=False), service)
        print(f"{service}: 数据库结构已是最新 / its tables are up to date", flush=True)


if __name__ == "__main__":
    main()
