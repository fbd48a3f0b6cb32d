"""The whole system on RabbitMQ and on a PostgreSQL server, by setting alone: claims from the form
to the settled payment while the broker is killed, and while it is stopped. Started once for all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from shared.messaging.topology import ROUTES
from tests.e2e.witness import Witness
from tests.faults.caller import Caller
from tests.faults.campaign import Campaign
from tests.faults.conftest import SETTINGS
from tests.faults.evidence import Evidence
from tests.faults.judging import judged, violations
from tests.faults.meanwhile import act_meanwhile, half_submitted
from tests.faults.results import Results
from tests.servers.docker_engine import why_not
from tests.servers.postgres import IMAGE as POSTGRES
from tests.servers.rabbitmq import IMAGE as RABBITMQ
from tests.servers.rabbitmq import Broker
from tests.servers.system import System, running_system, until

CLAIMS, RESULTS = 8, 6
SECONDS = 120.0
VIRTUAL_HOST = "the-whole-system"
WITNESSED = ("nomination", "subsidy")


@pytest.fixture(scope="module")
def broker(rabbitmq_broker: Broker) -> Iterator[Broker]:
    rabbitmq_broker.add_virtual_host(VIRTUAL_HOST)
    yield rabbitmq_broker
    rabbitmq_broker.drop_virtual_host(VIRTUAL_HOST)


@pytest.fixture(scope="module")
def witnesses(broker: Broker) -> dict[str, Witness]:
    return {service: Witness(broker.url(VIRTUAL_HOST), service) for service in WITNESSED}


@pytest.fixture(scope="module")
def system(
    request: pytest.FixtureRequest, broker: Broker, witnesses: dict[str, Witness]
) -> Iterator[System]:
    if reason := why_not(POSTGRES) or why_not(RABBITMQ):
        pytest.skip(f"servers of one's own: {reason}")
    servers = {
        "GONGJIANG_POSTGRES_URL": request.getfixturevalue("postgres_url"),
        "GONGJIANG_BUS_URL": broker.url(VIRTUAL_HOST),
        "GONGJIANG_SEED": "0",
    }
    with running_system(**SETTINGS, **servers) as running:
        yield running


@pytest.fixture
def caller(system: System) -> Iterator[Caller]:
    made = Caller(system.url)
    yield made
    made.close()


def test_nothing_is_embedded_where_a_server_is_named_and_the_doctor_is_content(
    system: System, broker: Broker
) -> None:
    names = {row["name"] for row in processes(system)}
    assert "postgres" not in names and "temporal" in names
    assert not (system.state / "postgres").exists()
    assert {route.queue for route in ROUTES} <= {
        each["name"] for each in broker.queues(VIRTUAL_HOST)
    }
    asked = system.make("deploy.run", "doctor")
    assert (asked.returncode, asked.stdout.strip()) == (0, "一切正常 / everything is well")
    told = system.make("deploy.run", "status")
    assert told.returncode == 0 and "PostgreSQL" in told.stdout and "RabbitMQ" in told.stdout


def test_a_killed_broker_loses_nothing_and_repeats_nothing(
    system: System, broker: Broker, witnesses: dict[str, Witness], caller: Caller
) -> None:
    campaign = Campaign(caller, "BROKER-KILLED", CLAIMS)
    results = Results(caller, "BROKER-KILLED", RESULTS, lambda: 2 * campaign.progress())
    with campaign.under_way(also=[results.record]) as check:

        def well_under_way() -> bool:
            check()
            return campaign.progress() >= 0.3

        until(well_under_way, "claims are under way", SECONDS)
        broker.kill()
        broker.start()
        campaign.wait_until_paid(check, SECONDS)
    assert violations(judged(system, campaign)) == []
    assert results.violations(system) == []
    kept_by_the_broker(system, broker, witnesses)


def test_with_the_broker_stopped_all_is_accepted_the_doctor_says_so_and_it_catches_up(
    system: System, broker: Broker, witnesses: dict[str, Witness], caller: Caller
) -> None:
    campaign = half_submitted(caller, "BROKER-STOPPED", CLAIMS)
    results = Results(caller, "BROKER-STOPPED", RESULTS, lambda: 1.0)
    broker.stop()
    try:
        act_meanwhile(campaign, decisions=CLAIMS)
        results.record(threading.Event())
        asked = system.make("deploy.run", "doctor")
        assert asked.returncode == 1
        assert "消息总线没有应答" in asked.stdout and "the bus does not answer" in asked.stdout
        assert f"{broker.host}:{broker.port}" in asked.stdout
        assert not [row for row in processes(system) if not row["ready"]]
        undelivered = (
            "SELECT count(*) FROM outbox WHERE delivered_at_utc IS NULL AND kind = 'event'"
        )
        assert Evidence(system).column("subsidy", undelivered)[0] >= CLAIMS // 2
    finally:
        broker.start()
    with campaign.under_way(submitters=0) as check:
        campaign.wait_until_paid(check, SECONDS)
    assert violations(judged(system, campaign)) == []
    assert results.violations(system) == []
    kept_by_the_broker(system, broker, witnesses)
    assert system.make("deploy.run", "doctor").returncode == 0


def processes(system: System) -> list[dict[str, Any]]:
    status = json.loads((system.state / "status.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = status["processes"]
    return rows


def kept_by_the_broker(system: System, broker: Broker, witnesses: dict[str, Witness]) -> None:
    """Every event is in the witness's queue, and each subscriber is back and has read its own."""
    evidence = Evidence(system)
    for service, witness in witnesses.items():
        published, _last = evidence.numbers(service)
        assert set(published) - witness.numbers() == set(), service

    def unread() -> list[dict[str, Any]]:
        mine = {route.queue for route in ROUTES}
        queues = [each for each in broker.queues(VIRTUAL_HOST) if each["name"] in mine]
        assert len(queues) == len(mine) and {each["type"] for each in queues} == {"quorum"}
        return [each for each in queues if each["messages"] or not each["consumers"]]

    until(lambda: not unread(), "every queue has its reader and is empty", SECONDS)
