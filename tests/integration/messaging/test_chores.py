from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from shared.messaging.bus import Bus
from tests.integration.messaging.world import Workflows, eventually, in_background, make_relay


def test_the_relay_does_its_chores_again_and_again_though_another_of_them_fails(
    engine: Engine, pgmq_bus: Bus, workflows: Workflows
) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE done (at timestamptz)"))

    def do(connection: Connection) -> None:
        connection.execute(text("INSERT INTO done VALUES (now())"))

    def count() -> int:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM done")).scalar_one())

    def fail(connection: Connection) -> None:
        connection.execute(text("INSERT INTO done VALUES (now() - interval '1 year')"))
        raise ValueError("a chore that fails")

    with in_background(
        make_relay(engine, pgmq_bus, workflows, chores=[(0.0, fail), (0.0, do)]).run
    ):
        eventually(lambda: count() >= 2, "two rounds of the chore")
    with engine.connect() as connection:
        old = text("SELECT count(*) FROM done WHERE at < now() - interval '1 day'")
        assert connection.execute(old).scalar_one() == 0
