from pathlib import Path

import pytest

from deploy.run.processes import SERVICES, Place, processes
from deploy.run.specification import Spec, waves
from deploy.run.state import PORTS


def place(**changes: bool) -> Place:
    ports = {name: 20_000 + i for i, name in enumerate(PORTS)}
    parts = {"embedded_postgres": True, "embedded_temporal": True} | changes
    return Place(Path("/state"), Path("/sockets"), ports, 8080, **parts)


def spec(name: str, *needs: str) -> Spec:
    return Spec(name=name, kind="test", command=("true",), needs=needs)


def test_nothing_starts_before_what_it_needs() -> None:
    found = waves([spec("web", "database"), spec("gateway", "web"), spec("database")])

    assert [[s.name for s in wave] for wave in found] == [["database"], ["web"], ["gateway"]]


def test_processes_that_need_each_other_are_named() -> None:
    with pytest.raises(ValueError, match="a, b"):
        waves([spec("a", "b"), spec("b", "a"), spec("c")])


def test_every_service_has_its_four_processes() -> None:
    names = {each.name for each in processes(place())}

    kinds = ("web", "worker", "consumer", "relay")
    assert {f"{service}-{kind}" for service in SERVICES for kind in kinds} <= names
    assert {"postgres", "temporal", "identity", "portal", "gateway"} <= names
    assert {"bank", "registry", "finance"} <= names


def test_everything_that_is_needed_is_in_the_list() -> None:
    listed = processes(place())

    assert {need for each in listed for need in each.needs} <= {each.name for each in listed}


def test_servers_of_ones_own_are_not_started_but_the_rest_still_can_be() -> None:
    listed = processes(place(embedded_postgres=False, embedded_temporal=False))

    assert not {"postgres", "temporal"} & {each.name for each in listed}
    assert sum(map(len, waves(listed))) == len(listed)


def test_the_database_stops_last_and_with_its_own_signal() -> None:
    listed = processes(place())
    (postgres,) = [each for each in listed if each.name == "postgres"]

    assert postgres in waves(listed)[0]
    assert postgres.stop_signal.name == "SIGINT"
