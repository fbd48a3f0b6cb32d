"""Which running processes are provably ours. A pid alone proves nothing: it is used again.

Proof is the pid together with its start time as recorded, or our own mark in its environment."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MARK = "GONGJIANG_SUPERVISED"  # "<instance>:<process name>", given to supervised processes only


def start_ticks(pid: int) -> int | None:
    """When the process started, in the kernel's ticks since boot; None when it is no more."""
    try:
        fields = (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def is_same(pid: int, start: int | None) -> bool:
    return start is not None and start_ticks(pid) == start


def marked(instance: str) -> Iterator[tuple[int, str]]:
    """pid and process name of everything that carries this installation's mark."""
    mark = f"{MARK}={instance}:"
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        for entry in environment.split("\0"):
            if entry.startswith(mark):
                yield int(folder.name), entry.removeprefix(mark)


def left_behind(status: Mapping[str, Any], instance: str) -> dict[int, str]:
    """What a killed supervisor left running, but for the database, which ends in its own way."""
    found = {
        int(row["pid"]): str(row["name"])
        for row in status.get("processes", [])
        if row.get("pid") and is_same(int(row["pid"]), row.get("start"))
    }
    found |= dict(marked(instance))
    mine = {os.getpid(), os.getppid()}
    return {pid: name for pid, name in found.items() if name != "postgres" and pid not in mine}


def end(pids: list[int], patience: float = 5.0) -> None:
    """Asks, waits, then kills; each pid is looked at again before each signal."""
    started = {pid: start_ticks(pid) for pid in pids}

    def alive() -> list[int]:
        return [pid for pid, start in started.items() if is_same(pid, start)]

    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in alive():
            send(pid, sign)
        deadline = time.monotonic() + patience
        while alive() and time.monotonic() < deadline:
            time.sleep(0.05)


def send(pid: int, sign: signal.Signals, group: bool = False) -> None:
    """To the process, or to the group that it leads; nothing when it is no more."""
    try:
        if group:
            os.killpg(pid, sign)
        else:
            os.kill(pid, sign)
    except ProcessLookupError:
        return


def holder_of_port(port: int) -> tuple[int, str] | None:
    """pid and name of the process that listens on this TCP port, where it can be seen."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="utf-8").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(entry) in inodes for entry in (folder / "fd").iterdir()):
                return int(folder.name), (folder / "comm").read_text(
                    encoding="utf-8", errors="replace"
                ).strip()
        except OSError:
            continue
    return None
