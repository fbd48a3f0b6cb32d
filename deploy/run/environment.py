"""The settings of one machine: what the state keeps and what the person set, as the environment
that every process gets. What is set outside always wins over what would be embedded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL

from deploy.addresses import POSTGRES, database_urls, keyword_dsn, postgres_url
from deploy.run.state import ROOT, State
from deploy.run.words import CannotStart

DATABASES = ("nomination", "assessment", "subsidy", "bus", "finance", "bank")
SERVICES = ("nomination", "assessment", "subsidy")
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
        **identity(state, public, ports["identity"]),
        **addresses(ports),
    }
    merged |= {k: v for k, v in outer.items() if k.startswith("GONGJIANG_") and v}
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


def keys(secrets: Mapping[str, str]) -> dict[str, str]:
    return {
        "GONGJIANG_PERSON_REF_KEY": secrets["person_ref"],
        "GONGJIANG_DATA_KEYS": f"k1:{secrets['data']}",
        "GONGJIANG_LOOKUP_KEY": secrets["lookup"],
        "GONGJIANG_SESSION_KEY": secrets["session"],
        "GONGJIANG_OIDC_CLIENT_SECRET": secrets["oidc_client"],
        "GONGJIANG_FINANCE_CLIENT_SECRET": secrets["finance_client"],
    }


def identity(state: State, public: str, port: int) -> dict[str, str]:
    """The issuer is what a browser sees; keys and tokens are fetched past the gateway."""
    direct = f"http://127.0.0.1:{port}/identity"
    return {
        "GONGJIANG_OIDC_ISSUER": f"{public}/identity",
        "GONGJIANG_OIDC_AUDIENCE": "gongjiang",
        "GONGJIANG_OIDC_JWKS_URL": f"{direct}/jwks",
        "GONGJIANG_OIDC_TOKEN_URL": f"{direct}/token",
        "GONGJIANG_OIDC_CLIENT_ID": "gongjiang",
        "GONGJIANG_FINANCE_CLIENT_ID": "gongjiang-finance",
        "GONGJIANG_IDENTITY_STATE": str(state.folder / "identity"),
    }


def addresses(ports: Mapping[str, int]) -> dict[str, str]:
    """A service's address is what stands before `/api/v1` and before its pages."""
    made = {
        f"GONGJIANG_{service.upper()}_URL": f"http://127.0.0.1:{ports[service]}/{service}"
        for service in SERVICES
    }
    return made | {
        "GONGJIANG_REGISTRY_URL": f"http://127.0.0.1:{ports['registry']}",
        "GONGJIANG_BANK_URL": f"http://127.0.0.1:{ports['bank']}",
    }
