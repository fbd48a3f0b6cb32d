"""Temporal's database file is gone, and people decided before anybody noticed."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.run.specification import tool
from shared import audit
from shared.approvals.corrections import withdraw_case
from shared.approvals.decisions import DecideTask, decide_task
from shared.approvals.queries import case_is_closed
from shared.approvals.restarting import open_case_ids, restart_open_cases
from shared.messaging.bus import Bus
from shared.messaging.relay import Limits, Relay
from shared.temporal.client import CaseWorkflows
from shared.temporal.running import not_running
from shared.temporal.worker import run_worker, task_queue
from tests.integration.approvals.test_a_case_goes_its_way import ENTERPRISE, WORKER
from tests.integration.messaging.conftest import keyword_dsn
from tests.integration.messaging.world import eventually, in_background

SERVICE = "nomination"


@pytest.fixture
def address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def temporal(address: str, file: Path) -> Iterator[None]:
    port = address.split(":")[1]
    command = [tool("temporal"), "server", "start-dev", "--headless", "--log-level", "never"]
    server = subprocess.Popen([*command, "--port", port, "--db-filename", str(file)])
    try:
        yield
    finally:
        server.terminate()
        server.wait(20)


def relay(engine, bus: Bus, sink: CaseWorkflows) -> Relay:
    limits = Limits(attempts=200, first_delay=0.1, longest_delay=0.5, longest_hold=0.5)
    return Relay(
        engine, bus, sink, case_is_closed=case_is_closed, link_audit=audit.link, limits=limits
    )


def test_every_open_case_has_its_workflow_and_its_next_step_again(
    desk, keyring, address: str, empty_database: str, tmp_path: Path
) -> None:
    file, cases = tmp_path / "temporal.db", [desk.submit(WORKER) for _ in range(3)]
    decided, withdrawn, quiet = cases

    def stands_at(case_id: str, step: str) -> None:
        eventually(lambda: desk.case(case_id).current_step == step, f"{case_id} at {step}", 60)

    def stopped() -> list[str]:
        with desk.sessions() as session:
            waiting = open_case_ids(session)
        found = asyncio.run(not_running(address, "default", SERVICE, waiting))
        return [case for case, _state in found]

    with desk.sessions() as session:
        engine = session.get_bind()
    bus = Bus(f"pgmq:{keyword_dsn(empty_database)}")
    sink = CaseWorkflows(SERVICE, address, "default", keyring, task_queue(SERVICE))
    worker = (SERVICE, address, "default", keyring, desk.sessions, desk.office)
    with in_background(relay(engine, bus, sink).run):
        with temporal(address, file), in_background(lambda stop: run_worker(*worker, stop)):
            for case_id in cases:
                stands_at(case_id, "enterprise_confirms")
        for part in tmp_path.glob("temporal.db*"):
            part.unlink()
        task = next(each for each in desk.tasks(ENTERPRISE) if each.case_id == decided)
        desk.act(decide_task, DecideTask(task.id, "confirm"), ENTERPRISE)
        desk.act(withdraw_case, withdrawn, "不再申请", WORKER)
        with temporal(address, file), in_background(lambda stop: run_worker(*worker, stop)):
            stands_at(decided, "union_reviews")
            eventually(lambda: stopped() == [quiet], "the quiet case alone has no workflow", 60)
            restart_open_cases(desk.sessions, desk.office, stopped())
            eventually(lambda: not stopped(), "every open case has its workflow", 60)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM blocked_cases")).scalar() == 0
