from pathlib import Path

import pytest

from deploy.run.environment import gateway_port, refuse_production, settings
from deploy.run.state import PORTS, State
from deploy.run.words import CannotStart
from shared.settings import Settings

PORT_NUMBERS = {name: 20_000 + i for i, name in enumerate(PORTS)}


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.make()
    return made


def of(state: State, **outer: str) -> dict[str, str]:
    return settings(state, Path("/tmp/s"), PORT_NUMBERS, "demonstration:2024-03-04:0:5", outer)


@pytest.mark.parametrize("service", ["nomination", "assessment", "subsidy"])
def test_a_service_finds_everything_that_it_asks_for(state: State, service: str) -> None:
    read = Settings.from_environ(service, of(state))

    assert read.database_url == f"postgresql+psycopg://postgres@/{service}?host=%2Ftmp%2Fs"
    assert read.bus_url == "pgmq:host=/tmp/s user=postgres dbname=bus"
    assert read.service_urls["subsidy"].endswith("/subsidy")


def test_servers_of_ones_own_are_taken_by_setting_alone(state: State) -> None:
    found = of(
        state,
        GONGJIANG_POSTGRES_URL="postgresql://me:a b@db.example:5433/postgres",
        GONGJIANG_BUS_URL="amqp://mq.example//",
        GONGJIANG_TEMPORAL_ADDRESS="temporal.example:7233",
    )

    assert found["GONGJIANG_FINANCE_DATABASE_URL"].endswith("@db.example:5433/finance")
    assert found["GONGJIANG_BUS_URL"] == "amqp://mq.example//"
    assert found["GONGJIANG_TEMPORAL_ADDRESS"] == "temporal.example:7233"


def test_the_queues_of_a_server_of_ones_own_are_named_by_keywords(state: State) -> None:
    found = of(state, GONGJIANG_POSTGRES_URL="postgresql://me:a%20b@db.example:5433/postgres")

    bus = found["GONGJIANG_BUS_URL"]
    assert bus.startswith("pgmq:") and "password='a b'" in bus and "dbname=bus" in bus


@pytest.mark.parametrize("text", ["0", "70000", "web"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CannotStart):
        gateway_port({"GONGJIANG_PORT": text})


def test_the_local_runner_refuses_production() -> None:
    with pytest.raises(CannotStart, match="不能用于生产"):
        refuse_production({"GONGJIANG_ENVIRONMENT": "production"})
