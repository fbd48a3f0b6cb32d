"""Settings and gateway for compose.yaml: `python3 -m deploy.container_settings FOLDER [URL]`.

Writes `gongjiang.env` (keys, mode 600; what is there is kept), `outside.env` (the same system as
seen from this machine, for `make demo` and `make verify`) and `Caddyfile`. Needs Python 3.11 and
nothing else: who starts containers has no environment of ours."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.run.files import read_settings, write_private
from deploy.run.gateway import caddyfile
from deploy.run.inner_settings import DATABASES, SERVICES, addresses, identity, keys
from deploy.run.state import CLIENT_SECRETS, HEX_KEYS, PORTS

INNER_PORT = 8000
GATEWAY_PORT = 8080
POSTGRES_PORT, BANK_PORT = "15432", "18090"  # on this machine's loopback, as compose.yaml has them


def container_settings(public: str) -> dict[str, str]:
    """Every name is a host of the compose file; every process listens on the same inner port.
    The clock is set there: it follows its keeper."""
    made = {name: secrets.token_hex(32) for name in HEX_KEYS}
    made |= {name: secrets.token_urlsafe(32) for name in CLIENT_SECRETS}
    password, broker = secrets.token_hex(24), secrets.token_hex(24)
    ports = dict.fromkeys(PORTS, INNER_PORT)
    found = {
        "GONGJIANG_ENVIRONMENT": "demonstration",
        "GONGJIANG_PUBLIC_URL": public,
        "GONGJIANG_TEMPORAL_ADDRESS": "temporal:7233",
        "GONGJIANG_BUS_URL": f"amqp://gongjiang:{broker}@rabbitmq:5672/%2F",
        "GONGJIANG_DIRECTORY": "/gongjiang/deploy/demonstration/directory.yaml",
        "GONGJIANG_PEOPLE": "/gongjiang/deploy/demonstration/people.yaml",
        "GONGJIANG_STAFF": "/gongjiang/deploy/demonstration/people.yaml",
        **database_urls(password, "postgres:5432"),
        **keys(made),
        **identity(Path("/data"), public, INNER_PORT),
        **addresses(ports),
        "POSTGRES_PASSWORD": password,
        "RABBITMQ_DEFAULT_USER": "gongjiang",
        "RABBITMQ_DEFAULT_PASS": broker,
    }
    return {name: _in_its_container(name, value) for name, value in found.items()}


def database_urls(password: str, server: str) -> dict[str, str]:
    return {
        f"GONGJIANG_{name.upper()}_DATABASE_URL": "postgresql+psycopg://"
        f"postgres:{password}@{server}/{name}"
        for name in DATABASES
    }


def _in_its_container(name: str, value: str) -> str:
    """What is on this machine's loopback for the local runner is a host of its own here."""
    hosts = {
        **{f"GONGJIANG_{service.upper()}_URL": f"{service}-web" for service in SERVICES},
        "GONGJIANG_REGISTRY_URL": "registry",
        "GONGJIANG_BANK_URL": "bank",
        "GONGJIANG_OIDC_JWKS_URL": "identity",
        "GONGJIANG_OIDC_TOKEN_URL": "identity",
    }
    return value.replace("127.0.0.1", hosts[name]) if name in hosts else value


def outside_settings(inside: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """What `make demo` and `make verify` need, by the ports that compose publishes."""
    postgres = environ.get("GONGJIANG_COMPOSE_POSTGRES_PORT") or POSTGRES_PORT
    bank = environ.get("GONGJIANG_COMPOSE_BANK_PORT") or BANK_PORT
    return {
        "GONGJIANG_PUBLIC_URL": inside["GONGJIANG_PUBLIC_URL"],
        "GONGJIANG_BANK_URL": f"http://127.0.0.1:{bank}",
        **database_urls(inside["POSTGRES_PASSWORD"], f"127.0.0.1:{postgres}"),
    }


def upstreams() -> dict[str, str]:
    found = {service: f"{service}-web:{INNER_PORT}" for service in SERVICES}
    return found | {name: f"{name}:{INNER_PORT}" for name in ("identity", "portal")}


def write_settings(path: Path, settings: Mapping[str, str]) -> None:
    write_private(path, "".join(f"{name}={value}\n" for name, value in settings.items()))


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    port = environ.get("GONGJIANG_PORT") or str(GATEWAY_PORT)
    public = arguments[1] if len(arguments) > 1 else f"http://localhost:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    inside, outside, gateway = (
        folder / name for name in ("gongjiang.env", "outside.env", "Caddyfile")
    )
    if not inside.exists():
        write_settings(inside, container_settings(public))
    write_settings(outside, outside_settings(read_settings(inside), environ))
    gateway.write_text(caddyfile(upstreams(), GATEWAY_PORT, "0.0.0.0"), encoding="utf-8")
    print(f"{inside}\n{outside}\n{gateway}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
