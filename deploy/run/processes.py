"""The processes of Gongjiang on one machine: one list, in the order that a person would read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import embedded_postgres
from deploy.run.checks import Answers, Listens, Says, Succeeds
from deploy.run.specification import ATTEMPTS, Spec, module, tool
from deploy.run.state import ROOT

SERVICES = ("nomination", "assessment", "subsidy")
# What each says when it is at work.
BEGINS = {"worker": "worker polls", "consumer": "consumer runs", "relay": "relay runs"}
SEED = "deploy.demonstration.seed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where this run puts things; which embedded parts it needs."""

    folder: Path
    sockets: Path
    ports: Mapping[str, int]
    gateway_port: int
    embedded_postgres: bool
    embedded_temporal: bool
    embedded_bus: bool = True

    @property
    def attempts(self) -> int | None:
        """Of a part that needs the bus or Temporal: one that runs elsewhere is waited for."""
        here = self.embedded_postgres and self.embedded_temporal and self.embedded_bus
        return ATTEMPTS if here else None


def processes(place: Place) -> list[Spec]:
    return [
        *engines(place),
        *preparation(),
        *simulators(place),
        *entrances(place),
        *(spec for service in SERVICES for spec in service_processes(service, place)),
        finance(place),
        gateway(place),
        *seed(place),
    ]


def engines(place: Place) -> list[Spec]:
    """Left out where a setting names a server of one's own."""
    return [
        *([postgres(place)] if place.embedded_postgres else []),
        *([temporal(place)] if place.embedded_temporal else []),
    ]


def postgres(place: Place) -> Spec:
    data = place.folder / "postgres"
    probe = (str(embedded_postgres.binary("pg_isready")), "-q", "-U", "postgres")
    return Spec(
        name="postgres",
        kind="postgres",
        command=module("deploy.embedded_postgres", str(data), str(place.sockets)),
        ready=Succeeds((*probe, "-h", str(place.sockets))),
        attempts=1,  # the same again would end in the same way
        stop_signal=embedded_postgres.STOP_SIGNAL,
        stop_seconds=embedded_postgres.STOP_SECONDS,
    )


def temporal(place: Place) -> Spec:
    port, pages = place.ports["temporal"], place.ports["temporal_ui"]
    program = tool("temporal")
    describe = (program, "operator", "namespace", "describe", "default")
    return Spec(
        name="temporal",
        kind="temporal",
        command=(
            *(program, "server", "start-dev", "--ip", "127.0.0.1", "--log-level", "error"),
            *("--port", str(port), "--ui-port", str(pages)),
            *("--db-filename", str(place.folder / "temporal.db")),
        ),
        ready=Succeeds((*describe, "--address", f"127.0.0.1:{port}")),
    )


def preparation() -> list[Spec]:
    return [
        Spec(
            name="databases",
            kind="preparation",
            command=module("deploy.databases"),
            needs=("postgres",),
            one_shot=True,
        ),
    ]


def simulators(place: Place) -> list[Spec]:
    return [
        Spec(
            name=name,
            kind="simulator",
            command=module(f"deploy.simulators.{name}"),
            ready=Answers(place.ports[name], "/health"),
            env={"PORT": str(place.ports[name])},
        )
        for name in ("bank", "registry")
    ]


def entrances(place: Place) -> list[Spec]:
    discovery = "/identity/.well-known/openid-configuration"
    return [
        Spec(
            name="identity",
            kind="identity",
            command=module("shared.identity.provider"),
            ready=Answers(place.ports["identity"], discovery),
            env={"PORT": str(place.ports["identity"])},
        ),
        Spec(
            name="portal",
            kind="portal",
            command=module("shared.web.portal"),
            ready=Listens(place.ports["portal"]),
            needs=("databases", "identity"),
            env={"PORT": str(place.ports["portal"])},
        ),
    ]


def service_processes(service: str, place: Place) -> list[Spec]:
    """Only web is a door; each of the others is its own process, and may be killed alone."""
    app, port = f"services.{service}.app", place.ports[service]
    return [
        Spec(
            name=f"{service}-web",
            kind="web",
            service=service,
            command=module(app, "web"),
            ready=Answers(port, f"/{service}/ready"),
            needs=("databases", "identity"),
            env={"PORT": str(port)},
        ),
        *(
            Spec(
                name=f"{service}-{kind}",
                kind=kind,
                service=service,
                command=module(app, kind),
                ready=Says(words),
                needs=("databases", "temporal"),
                attempts=place.attempts,
            )
            for kind, words in BEGINS.items()
        ),
    ]


def finance(place: Place) -> Spec:
    """The reference finance consumer. It reads the feed of subsidy and asks the bank."""
    return Spec(
        name="finance",
        kind="finance",
        command=module("deploy.finance"),
        ready=Says("finance runs"),
        needs=("databases", "identity", "bank", "subsidy-web"),
        attempts=place.attempts,
    )


def gateway(place: Place) -> Spec:
    return Spec(
        name="gateway",
        kind="gateway",
        command=(
            *(tool("caddy"), "run", "--adapter", "caddyfile"),
            *("--config", str(place.folder / "Caddyfile")),
        ),
        ready=Answers(place.gateway_port, "/gateway/health"),
        needs=("identity", "portal", *(f"{service}-web" for service in SERVICES)),
        env={
            "XDG_DATA_HOME": str(place.folder / "caddy"),
            "XDG_CONFIG_HOME": str(place.folder / "caddy"),
        },
    )


def seed(place: Place) -> list[Spec]:
    """Demonstration cases in every state, through the gateway, as the people themselves would."""
    if not (ROOT / Path(*SEED.split("."))).with_suffix(".py").exists():
        return []
    working = tuple(f"{service}-{kind}" for service in SERVICES for kind in ("worker", "relay"))
    return [
        Spec(
            name="seed",
            kind="preparation",
            command=module(SEED),
            needs=("gateway", "finance", *working),
            one_shot=True,
            attempts=place.attempts,
        )
    ]
