"""The supervisor on real parts: what it starts, mends, and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.run import commands, ours
from deploy.run.failing import FAILED
from deploy.run.files import read_json
from deploy.run.specification import ATTEMPTS
from deploy.run.state import State, free_port

PATIENCE = 60.0
Row = dict[str, Any]


class System:
    """A small system on a state folder of its own, watched from outside."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.state = State(folder)
        self.environ = {
            **os.environ,
            "GONGJIANG_STATE": str(folder),
            "GONGJIANG_PORT": str(self.port),
            "GONGJIANG_SECONDS_PER_WORKING_DAY": "5",
        }
        self.running: subprocess.Popen[str] | None = None
        self.last_words = ""

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        self.running = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.deploy.small_system", *arguments],
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.running

    def start(self) -> None:
        running = self.begin()
        until(lambda: self.status()["up"] and self.supervisor() == running.pid)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        assert self.running is not None and self.running.stderr is not None
        self.running.send_signal(sign)
        code = self.running.wait(PATIENCE)
        self.running.stderr.close()
        self.running = None
        return code

    def ended(self) -> int:
        """Waits until it ends by itself; its exit code."""
        assert self.running is not None
        _, self.last_words = self.running.communicate(timeout=PATIENCE)
        code, self.running = self.running.returncode, None
        return code

    def status(self) -> dict[str, Any]:
        return {"up": False, "processes": [], **self.state.status()}

    def supervisor(self) -> int:
        return int(self.status().get("supervisor", {}).get("pid", 0))

    def row(self, name: str) -> Row:
        found: Row = next((r for r in self.status()["processes"] if r["name"] == name), {})
        return found

    def pids(self) -> dict[str, int]:
        return {row["name"]: row["pid"] for row in self.status()["processes"] if row["pid"]}

    def said(self, name: str = "all") -> str:
        return (self.state.logs / f"{name}.log").read_text(encoding="utf-8")

    def bank(self) -> str:
        return self.state.environment()["GONGJIANG_BANK_URL"]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    made = System(tmp_path / "state")
    yield made
    if made.running is not None:
        made.end()


def test_it_starts_in_order_and_leaves_nothing_running(system: System) -> None:
    system.start()
    assert httpx.get(f"http://127.0.0.1:{system.port}/gateway/health").status_code == 200
    pids = system.pids()
    assert {"postgres", "bank", "worker", "gateway"} == pids.keys()
    assert "starts: 1" in system.said("databases")

    assert system.end(signal.SIGINT) == 0

    assert not any(ours.start_ticks(pid) for pid in pids.values())
    assert not list(ours.marked(system.state.secrets()["instance"]))


@pytest.mark.parametrize("encoding", ["gb18030", "iso-8859-1", "ascii"])
def test_it_starts_on_a_terminal_of_any_encoding(system: System, encoding: str) -> None:
    system.environ |= {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    system.start()
    assert "已全部启动" in system.said("gongjiang")
    assert system.end() == 0


def test_every_kind_that_is_killed_comes_back(system: System) -> None:
    system.start()
    order = {"end_to_end_id": "E1", "amount_fen": 1, "account": "6217", "name": "张三"}
    assert httpx.post(f"{system.bank()}/payments", json=order).status_code == 202

    for name in ("postgres", "bank", "worker", "gateway"):
        before = system.row(name)
        os.kill(before["pid"], signal.SIGKILL)
        until(lambda name=name, before=before: came_back(system.row(name), before))

    assert httpx.post(f"{system.bank()}/payments", json=order).status_code == 200


def came_back(now: Row, before: Row) -> bool:
    return bool(
        now["ready"] and now["pid"] != before["pid"] and now["restarts"] > before["restarts"]
    )


def test_after_the_supervisor_is_killed_a_new_one_mends_everything(system: System) -> None:
    system.start()
    first = system.status()
    pids = system.pids()
    system.end(signal.SIGKILL)
    killed_at = working_days(system)

    system.start()

    assert system.row("worker")["pid"] != pids["worker"]
    assert "starts: 2" in system.said("databases")
    assert not ours.is_same(pids["worker"], next_start(first, "worker"))
    assert working_days(system) >= killed_at  # no moment is shown twice


def working_days(system: System) -> float:
    return float(read_json(system.state.clock_file, {})["working_days"])


def next_start(status: dict[str, Any], name: str) -> int:
    return next(int(row["start"]) for row in status["processes"] if row["name"] == name)


def test_a_second_start_says_who_runs_and_leaves_it_alone(system: System) -> None:
    system.start()
    first, pids = system.running, system.pids()
    second = system.begin()
    _, words = second.communicate(timeout=PATIENCE)
    system.running = first

    assert second.returncode == 3
    assert "已在运行" in words and "already running" in words and str(first and first.pid) in words
    assert system.pids() == pids


def test_a_taken_port_is_named_with_who_holds_it(system: System) -> None:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", system.port))
        taker.listen()
        refused = system.begin()
        _, words = refused.communicate(timeout=PATIENCE)
        system.running = None

    assert refused.returncode == 4
    assert f"端口 {system.port} 已被占用" in words and str(os.getpid()) in words
    assert "GONGJIANG_PORT=" in words


def test_what_cannot_start_is_tried_again_and_then_given_up_with_its_last_words(
    system: System,
) -> None:
    system.begin("broken")
    until(lambda: system.row("worker").get("restarts", 0) >= 2)

    assert "it is broken" in system.said("worker")
    assert "worker 结束" in system.said()
    assert not system.status()["up"]
    assert system.row("bank")["ready"]
    assert system.ended() == FAILED
    words = system.last_words
    assert "worker does not start" in words and "it is broken" in words
    assert "logs/worker.log" in words
    assert system.row("worker")["restarts"] == ATTEMPTS - 1
    assert not list(ours.marked(system.state.secrets()["instance"]))


def test_a_database_that_cannot_start_ends_the_start_at_once_with_its_own_words(
    system: System,
) -> None:
    """As on a machine without shared memory: the server says it once, and that is shown."""
    system.start()
    system.end()
    (system.state.folder / "postgres" / "postgresql.conf").write_text(
        "shared_buffers = 'as much as there is'\n", encoding="utf-8"
    )
    system.begin()
    assert system.ended() == FAILED
    words = system.last_words
    assert "postgres does not start" in words
    assert 'invalid value for parameter "shared_buffers"' in words
    assert "Traceback" not in words
    assert system.row("postgres")["restarts"] == 0


def test_the_table_and_down_work_from_outside(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.status(system.environ) == 3
    system.start()
    assert commands.status(system.environ) == 0
    assert "postgres" in capsys.readouterr().out
    commands.down(system.environ)

    assert system.end() == 0
    assert commands.status(system.environ) == 3
