"""Settings and gateway for deploy/compose.yaml, once: `python -m deploy.container_settings FOLDER`.

Writes `gongjiang.env` (keys, mode 600) and `Caddyfile`; what is there is kept."""

from __future__ import annotations

import secrets
import sys
import time
from pathlib import Path

from deploy.run.business_clock import ANCHOR
from deploy.run.environment import DATABASES, SERVICES, addresses, identity, keys
from deploy.run.files import write_private
from deploy.run.gateway import caddyfile
from deploy.run.state import CLIENT_SECRETS, HEX_KEYS, PORTS, State

INNER_PORT = 8000
GATEWAY_PORT = 8080


def container_settings(public: str) -> dict[str, str]:
    """Every name is a host of the compose file; every process listens on the same inner port."""
    made = {name: secrets.token_hex(32) for name in HEX_KEYS}
    made |= {name: secrets.token_urlsafe(32) for name in CLIENT_SECRETS}
    password, broker = secrets.token_hex(24), secrets.token_hex(24)
    ports = dict.fromkeys(PORTS, INNER_PORT)
    found = {
        "GONGJIANG_ENVIRONMENT": "demonstration",
        "GONGJIANG_PUBLIC_URL": public,
        "GONGJIANG_CLOCK": f"demonstration:{ANCHOR}:{time.time():.0f}:5",
        "GONGJIANG_TEMPORAL_ADDRESS": "temporal:7233",
        "GONGJIANG_BUS_URL": f"amqp://gongjiang:{broker}@rabbitmq:5672//",
        "GONGJIANG_DIRECTORY": "/gongjiang/deploy/demonstration/directory.yaml",
        "GONGJIANG_PEOPLE": "/gongjiang/deploy/demonstration/people.yaml",
        **{
            f"GONGJIANG_{name.upper()}_DATABASE_URL": "postgresql+psycopg://"
            f"postgres:{password}@postgres:5432/{name}"
            for name in DATABASES
        },
        **keys(made),
        **identity(State(Path("/data")), public, INNER_PORT),
        **addresses(ports),
        "POSTGRES_PASSWORD": password,
        "RABBITMQ_DEFAULT_USER": "gongjiang",
        "RABBITMQ_DEFAULT_PASS": broker,
    }
    return {name: _in_its_container(name, value) for name, value in found.items()}


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


def upstreams() -> dict[str, str]:
    found = {service: f"{service}-web:{INNER_PORT}" for service in SERVICES}
    return found | {name: f"{name}:{INNER_PORT}" for name in ("identity", "portal")}


def main() -> None:
    folder = Path(sys.argv[1])
    public = sys.argv[2] if len(sys.argv) > 2 else f"http://localhost:{GATEWAY_PORT}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
    settings = folder / "gongjiang.env"
    if not settings.exists():
        lines = (f"{name}={value}" for name, value in container_settings(public).items())
        write_private(settings, "\n".join(lines) + "\n")
    (folder / "Caddyfile").write_text(caddyfile(upstreams(), GATEWAY_PORT, "0.0.0.0"))
    print(f"{settings}\n{folder / 'Caddyfile'}")


if __name__ == "__main__":
    main()
