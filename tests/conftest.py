"""Fixtures that every layer may use. Servers last for a run, databases for a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from shared.kernel.ids import new_id
from shared.persistence import Keyring, install_keyring
from tests.layers import mark_by_folder, print_layers
from tests.servers.docker_engine import why_not
from tests.servers.postgres import Databases, lent, postgres_server
from tests.servers.rabbitmq import IMAGE as RABBITMQ
from tests.servers.rabbitmq import Broker, rabbitmq_server
from tests.servers.system import ROOT, System, running_system

# A test of a rule says what is right, not how fast the machine was while others worked on it.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark_by_folder(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_layers(terminalreporter)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The server's maintenance database, as a superuser."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Databases:
    return Databases(postgres_url)


@pytest.fixture
def database(databases: Databases) -> Iterator[Callable[[str], str]]:
    """`database("subsidy")` gives the URL of a new, migrated database of that service."""
    with lent(databases) as make:
        yield make


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The URL of a new database without any table."""
    with lent(databases) as make:
        yield make(None)


@pytest.fixture(scope="session")
def rabbitmq_broker() -> Iterator[Broker]:
    if reason := why_not(RABBITMQ):
        pytest.skip(f"RabbitMQ: {reason}")
    with rabbitmq_server() as broker:
        yield broker


@pytest.fixture
def rabbitmq_url(rabbitmq_broker: Broker) -> Iterator[str]:
    """The URL of a new virtual host on RabbitMQ; skipped where no Docker engine answers."""
    name = new_id()
    rabbitmq_broker.add_virtual_host(name)
    yield rabbitmq_broker.url(name)
    rabbitmq_broker.drop_virtual_host(name)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, started once for all the tests that use it."""
    catalogue = tmp_path_factory.mktemp("catalogue")
    shipped = ROOT / "services" / "nomination" / "catalogue"
    catalogues = {"GONGJIANG_NOMINATION_CATALOGUE": f"{shipped}{os.pathsep}{catalogue}"}
    with running_system(**catalogues) as running:
        yield running


@pytest.fixture
def keyring() -> Keyring:
    """Installed for the encrypted columns; a test that needs them asks for it."""
    keys = Keyring({"k1": b"1" * 32, "k0": b"0" * 32}, "k1", b"lookup-key-of-the-tests-32-bytes")
    install_keyring(keys)
    return keys
