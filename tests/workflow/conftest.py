"""A Temporal server whose clock jumps over waits, from the wheel: nothing is downloaded."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from shared.persistence import Keyring
from shared.temporal.codec import data_converter

SERVER = Path(sys.executable).parent / "temporal-test-server"


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring({"k1": bytes(range(32))}, "k1", bytes(32))


@pytest.fixture
def time_skipping(keyring):
    """An async context manager: `async with time_skipping() as environment`."""

    @asynccontextmanager
    async def start() -> AsyncIterator[WorkflowEnvironment]:
        environment = await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=str(SERVER), data_converter=data_converter(keyring)
        )
        async with environment:
            yield environment

    return start
