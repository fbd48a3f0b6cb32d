import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.run import ours
from deploy.run.files import write_json
from deploy.run.state import State
from deploy.run.words import CannotStart


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.make()
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_once_and_for_their_owner_alone(state: State) -> None:
    first = state.secrets()

    assert state.secrets() == first
    assert mode(state.folder / "secrets.json") == 0o600
    assert all(len(first[name]) == 64 for name in ("person_ref", "data", "lookup"))


def test_unreadable_secrets_are_never_replaced(state: State) -> None:
    state.secrets()
    (state.folder / "secrets.json").write_text("{")

    with pytest.raises(CannotStart, match="备份"):
        state.secrets()


def test_ports_stay_the_same_unless_somebody_took_one(state: State) -> None:
    first = state.ports()
    assert state.ports() == first
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", first["bank"]))
        taker.listen()

        then = state.ports()

    assert then["bank"] != first["bank"]
    assert {n: p for n, p in then.items() if n != "bank"} == {
        n: p for n, p in first.items() if n != "bank"
    }


def test_a_second_supervisor_is_told_who_runs(state: State) -> None:
    state.lock()

    with pytest.raises(CannotStart, match=str(os.getpid())) as told:
        State(state.folder).lock()

    assert told.value.code == 3
    assert state.holder() == os.getpid()


def test_a_lock_file_without_a_holder_locks_nothing(state: State) -> None:
    (state.folder / "lock").write_text("")
    write_json(state.folder / "holder.json", {"pid": 1, "start": 1})

    assert state.holder() is None
    state.lock()


@pytest.fixture
def sleeper() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "print(flush=True); import time; time.sleep(60)"]
    env = {ours.MARK: "test-installation:web"}
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.readline()
    yield running
    running.kill()
    running.stdout.close()
    running.wait()


def test_what_a_killed_run_left_is_found_by_its_recorded_start(
    sleeper: subprocess.Popen[bytes],
) -> None:
    start = ours.start_ticks(sleeper.pid)
    row = {"name": "web", "pid": sleeper.pid, "start": start}

    assert ours.left_behind({"processes": [row]}, "another") == {sleeper.pid: "web"}
    ours.end([sleeper.pid])
    assert sleeper.wait() == -signal.SIGTERM


def test_a_pid_that_is_used_again_is_not_ours(sleeper: subprocess.Popen[bytes]) -> None:
    row = {"name": "web", "pid": sleeper.pid, "start": (ours.start_ticks(sleeper.pid) or 0) - 1}

    assert ours.left_behind({"processes": [row]}, "another") == {}


def test_what_no_record_names_is_found_by_its_mark(sleeper: subprocess.Popen[bytes]) -> None:
    assert ours.left_behind({}, "test-installation") == {sleeper.pid: "web"}
    assert ours.left_behind({}, "test-install") == {}


def test_no_port_is_one_that_an_outgoing_connection_may_take_first(state: State) -> None:
    """A process that found its port taken would be started again and again, and never stand."""
    first = int(
        Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="utf-8").split()[0]
    )
    write_json(state.folder / "ports.json", {"identity": first + 1})  # of an older version

    assert all(1024 < port < first for port in state.ports().values())


def test_who_holds_a_port_is_named() -> None:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        taker.listen()

        holder = ours.holder_of_port(taker.getsockname()[1])

    assert holder is not None and holder[0] == os.getpid()
