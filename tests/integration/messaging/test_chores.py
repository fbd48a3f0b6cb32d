from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from shared.messaging.bus import Bus
from tests.integration.messaging.world import Workflows, eventually, in_background, make_relay


def test_the_relay_does_its_chores_again_and_again_each_in_a_transaction(
    engine: Engine, pgmq_bus: Bus, workflows: Workflows
) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE done (at timestamptz)"))

    def do(connection: Connection) -> None:
        connection.execute(text("INSERT INTO done VALUES (now())"))

    def count() -> int:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM done")).scalar_one())

    with in_background(make_relay(engine, pgmq_bus, workflows, chores=[(0.0, do)]).run):
        eventually(lambda: count() >= 2, "two rounds of the chore")
