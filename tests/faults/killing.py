"""kill -9 of the system's own processes, by the pids that its supervisor wrote down, and waiting
until the supervisor has brought each one back."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from deploy.run.ours import is_same
from tests.servers.system import System, until

BACK_SECONDS = 120.0
# kind -> the processes that die together; nomination's consumer too, which has events to read
KINDS = {
    "web": ("subsidy-web",),
    "worker": ("subsidy-worker",),
    "consumer": ("subsidy-consumer", "nomination-consumer"),
    "relay": ("subsidy-relay",),
    "finance": ("finance",),
    "temporal": ("temporal",),
    "postgres": ("postgres",),
}


def process(system: System, name: str) -> dict[str, Any]:
    """The row of the status file: pid, start, ready, restarts."""
    status = json.loads((system.state / "status.json").read_text(encoding="utf-8"))
    row: dict[str, Any] = next(row for row in status["processes"] if row["name"] == name)
    return row


def send(row: dict[str, Any], sign: signal.Signals) -> None:
    """To the process that the row describes (a pid is used again) and to the group that it leads:
    a web process is a parent and the worker that answers."""
    assert row["pid"] is not None and is_same(row["pid"], row["start"]), row
    os.killpg(row["pid"], sign)


@contextmanager
def frozen(system: System, name: str) -> Iterator[None]:
    """The process takes connections and answers nothing, until the block ends."""
    row = process(system, name)
    send(row, signal.SIGSTOP)
    try:
        yield
    finally:
        send(row, signal.SIGCONT)


@dataclass
class Killer:
    system: System
    kills: Counter[str] = field(default_factory=Counter)
    away: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _died: dict[str, tuple[int, float]] = field(default_factory=dict)  # name -> pid, when

    def kill(self, kind: str) -> None:
        """All processes of the kind, once each of them is ready (again)."""
        rows = [self.wait_until_back(name) for name in KINDS[kind]]
        for row in rows:
            send(row, signal.SIGKILL)
            self._died[row["name"]] = (row["pid"], time.monotonic())
        self.kills[kind] += 1

    def wait_until_back(self, name: str) -> dict[str, Any]:
        died = self._died.get(name)

        def back() -> dict[str, Any] | None:
            row = process(self.system, name)
            fresh = died is None or row["pid"] != died[0]
            alive = row["pid"] is not None and is_same(row["pid"], row["start"])
            return row if row["ready"] and fresh and alive else None

        found: dict[str, Any] = until(back, f"{name} is back", BACK_SECONDS)
        return found

    def watch(self) -> None:
        """Notes how long those who died were away; called while waiting for something else."""
        for name, (pid, when) in list(self._died.items()):
            row = process(self.system, name)
            if row["ready"] and row["pid"] not in (None, pid):
                self.away[name].append(time.monotonic() - when)
                del self._died[name]

    def wait_until_all_are_back(self) -> None:
        for names in KINDS.values():
            for name in names:
                self.wait_until_back(name)
        self.watch()
