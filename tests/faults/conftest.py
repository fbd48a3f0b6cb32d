"""The whole system of a faults run, with time standing almost still, and callers of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
    # Not under pytest's folder: another pytest that starts takes the database's user's way away.
    folder = Path(tempfile.mkdtemp(prefix="gongjiang-faults-"))
    try:
        with running_system(folder, **SETTINGS) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def caller(system: System) -> Iterator[Caller]:
    made = Caller(system.url)
    yield made
    made.close()
