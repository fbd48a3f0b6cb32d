"""Three claims paid, in every database that verification reads, by the real handlers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from deploy.finance.database import Database
from deploy.simulators.journal import Journal
from deploy.simulators.ledger import Ledger
from shared.kernel.clock import ManualClock
from shared.persistence import Sessions
from tests.integration.subsidy.conftest import clock, counter, sessions
from tests.integration.subsidy.counter import Counter
from tests.integration.verify.world import World

__all__ = ["clock", "counter", "sessions"]


@pytest.fixture
def world(
    counter: Counter,
    sessions: Sessions,
    clock: ManualClock,
    database: Callable[[str | None], str],
    tmp_path: Path,
) -> Iterator[World]:
    with sessions() as session:
        subsidy = session.get_bind().engine.url.render_as_string(hide_password=False)
    urls = {
        "nomination": database("nomination"),
        "assessment": database("assessment"),
        "subsidy": subsidy,
        "finance": database(None),
    }
    plain = psycopg.conninfo.make_conninfo(
        urls["finance"].replace("postgresql+psycopg://", "postgresql://")
    )
    Database(plain).prepare()
    journal = Journal(tmp_path / "bank.jsonl")
    bank = Ledger(journal, dated=lambda: "2024-03-05T08:00:00+08:00", settle_seconds=0)
    engines = {name: create_engine(url) for name, url in urls.items()}
    made = World(counter, engines, bank, tmp_path)
    made.issue_certificates(3)
    made.pay_claims()
    yield made
    journal.close()
    for engine in engines.values():
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
