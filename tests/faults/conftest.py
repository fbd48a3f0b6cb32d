"""The whole system of a faults run, with time standing almost still, and callers of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.caller import Caller
from tests.servers.system import System, running_system

SETTINGS = {
    # One business day for the whole run: no task becomes late, no date leaves its month.
    "GONGJIANG_SECONDS_PER_WORKING_DAY": "36000",
    "GONGJIANG_BANK_SETTLE_SECONDS": "0.2",
    # How long after sending the bank's "no such payment" is final: far longer than the five
    # seconds that any order lives.
    "GONGJIANG_FINANCE_NOT_BOOKED_SECONDS": "20",
}


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    with running_system(**SETTINGS) as running:
        yield running


@pytest.fixture
def caller(system: System) -> Iterator[Caller]:
    made = Caller(system.url)
    yield made
    made.close()
