"""Addresses of servers: read from settings, given to drivers, shown without a password."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from deploy.run.words import CannotStart

POSTGRES, BUS = "GONGJIANG_POSTGRES_URL", "GONGJIANG_BUS_URL"


def postgres_url(setting: str, text: str) -> URL:
    """For SQLAlchemy. Raises CannotStart, which never shows the text: a password may be in it."""
    try:
        url = make_url(text)
        if url.get_backend_name() == "postgresql":
            keyword_dsn(url)  # an option that nobody knows is told now
            return url.set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError, psycopg.ProgrammingError):
        pass
    form = "postgresql://USER:PASSWORD@HOST:PORT/postgres"
    raise CannotStart(
        f"{setting} 不是 PostgreSQL 的地址，应写成 {form}（口令中的特殊字符用 %XX）。",
        f"{setting} is no address of a PostgreSQL server; write {form} "
        "(special characters of the password as %XX).",
    )


def database_urls(environ: Mapping[str, str]) -> dict[str, URL]:
    """Every GONGJIANG_<NAME>_DATABASE_URL, by name in lower case."""
    prefix, suffix = "GONGJIANG_", "_DATABASE_URL"
    return {
        name.removeprefix(prefix).removesuffix(suffix).lower(): postgres_url(name, value)
        for name, value in environ.items()
        if name.startswith(prefix) and name.endswith(suffix) and value
    }


def keyword_dsn(url: URL) -> str:
    """kombu's pgmq must be given this form: a URI went silently to another server. Options of the
    address (sslmode, say) go with it."""
    options = {name: v if isinstance(v, str) else ",".join(v) for name, v in url.query.items()}
    named = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    given = {name: value for name, value in named.items() if value is not None}
    return psycopg.conninfo.make_conninfo("", **{**options, **given})


def address(url: str | URL) -> str:
    """Where it is, without user and password."""
    if isinstance(url, URL):
        return f"{url.host or url.query.get('host') or 'localhost'}:{url.port or 5432}"
    if url.startswith("pgmq:"):
        parts = conninfo_to_dict(url.removeprefix("pgmq:"))
        return f"pgmq {parts.get('host', '')} {parts.get('dbname', '')}"
    parsed = urlsplit(url)
    virtual_host = unquote(parsed.path.removeprefix("/"))
    return f"{parsed.hostname or 'localhost'}:{parsed.port or 5672} {virtual_host}".strip()
