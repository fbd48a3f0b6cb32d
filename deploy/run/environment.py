"""The settings of one machine: what the state keeps and what the person set, as the environment
that every process gets. What is set outside always wins over what would be embedded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL

from deploy.addresses import POSTGRES, database_urls, keyword_dsn, postgres_url
from deploy.run.inner_settings import DATABASES, addresses, identity, keys
from deploy.run.state import ROOT, State
from deploy.run.words import CannotStart

DEMONSTRATION = ROOT / "deploy" / "demonstration"


def gateway_port(environ: Mapping[str, str]) -> int:
    text = environ.get("GONGJIANG_PORT") or "8080"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(
            f"GONGJIANG_PORT 应为端口号，现为“{text}”。",
            f"GONGJIANG_PORT must be a port number, and is {text!r}.",
        )
    return int(text)


def refuse_production(environ: Mapping[str, str]) -> None:
    if environ.get("GONGJIANG_ENVIRONMENT") == "production":
        raise CannotStart(
            "本机运行器使用演示时钟和演示身份，不能用于生产；生产部署见 deploy/README.md。",
            "The local runner uses the demonstration's clock and people and is no way to run "
            "production; see deploy/README.md for those.",
        )


def settings(
    state: State, sockets: Path, ports: Mapping[str, int], clock: str, outer: Mapping[str, str]
) -> dict[str, str]:
    """Everything under GONGJIANG_, embedded defaults and `outer` merged."""
    public = outer.get("GONGJIANG_PUBLIC_URL") or f"http://localhost:{gateway_port(outer)}"
    merged = {
        "GONGJIANG_ENVIRONMENT": "demonstration",
        "GONGJIANG_STATE": str(state.folder),
        "GONGJIANG_PUBLIC_URL": public,
        "GONGJIANG_CLOCK": clock,
        "GONGJIANG_TEMPORAL_ADDRESS": f"127.0.0.1:{ports['temporal']}",
        "GONGJIANG_TEMPORAL_NAMESPACE": "default",
        "GONGJIANG_DIRECTORY": str(DEMONSTRATION / "directory.yaml"),
        "GONGJIANG_PEOPLE": str(DEMONSTRATION / "people.yaml"),
        "GONGJIANG_EVIDENCE_DIR": str(state.folder / "evidence"),
        **databases(server(sockets, outer)),
        **keys(state.secrets()),
        **identity(state.folder, public, ports["identity"]),
        **addresses(ports),
    }
    merged |= {k: v for k, v in outer.items() if k.startswith("GONGJIANG_") and v}
    # The people who can sign in are the staff that there is.
    merged.setdefault("GONGJIANG_STAFF", merged["GONGJIANG_PEOPLE"])
    return merged | {"GONGJIANG_STATE": str(state.folder)}


def server(sockets: Path, outer: Mapping[str, str]) -> URL:
    """The PostgreSQL server: one's own by setting, else the embedded one on its socket."""
    given = outer.get(POSTGRES)
    if given:
        return postgres_url(POSTGRES, given)
    return URL.create("postgresql+psycopg", username="postgres", query={"host": str(sockets)})


def named_databases(outer: Mapping[str, str]) -> dict[str, URL]:
    """Those on servers that a setting names, by database: none where all of it is embedded."""
    given = databases(server(Path(), outer)) if outer.get(POSTGRES) else {}
    return database_urls(given | {name: value for name, value in outer.items() if value})


def databases(base: URL) -> dict[str, str]:
    made = {
        f"GONGJIANG_{name.upper()}_DATABASE_URL": base.set(database=name).render_as_string(
            hide_password=False
        )
        for name in DATABASES
    }
    return made | {"GONGJIANG_BUS_URL": "pgmq:" + keyword_dsn(base.set(database="bus"))}
