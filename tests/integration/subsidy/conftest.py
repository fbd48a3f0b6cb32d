"""A migrated subsidy database with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.kernel.clock import ManualClock
from shared.persistence import Keyring, Sessions, open_engine, open_sessions
from tests.integration.subsidy.counter import Counter


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(date(2024, 3, 4))


@pytest.fixture
def sessions(database: Callable[[str], str], keyring: Keyring) -> Iterator[Sessions]:
    engine = open_engine(database("subsidy"), "tests")
    yield open_sessions(engine)
    engine.dispose()


@pytest.fixture
def counter(sessions: Sessions, clock: ManualClock, tmp_path: Path) -> Counter:
    return Counter(sessions, clock, tmp_path)
