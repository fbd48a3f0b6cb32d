"""Starts the processes in the order of their needs, keeps them, stops them in reverse order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deploy.run.business_clock import BusinessClock
from deploy.run.failing import failed_start
from deploy.run.files import write_json
from deploy.run.managed import Managed
from deploy.run.ours import start_ticks
from deploy.run.output import Output
from deploy.run.specification import Spec, waves
from deploy.run.state import State
from deploy.run.words import both
from shared.calendar.pace import BEAT_SECONDS

LAST_LINES = 12


class Supervisor:
    """`announce` is called once, when everything is up."""

    def __init__(
        self,
        state: State,
        specs: Sequence[Spec],
        env: Mapping[str, str],
        output: Output,
        clock: BusinessClock,
        announce: Callable[[], None],
    ) -> None:
        instance = state.secrets()["instance"]
        self._state, self._output, self._clock, self._announce = state, output, clock, announce
        self._waves = waves(specs)
        self.managed = {
            spec.name: Managed(spec, env, instance, output, self.write_status, self._give_up)
            for spec in specs
        }
        self._stop = asyncio.Event()
        self._signals = 0
        self._began = time.time()
        self._up = False
        self._failed: str | None = None
        output.widen(list(self.managed))

    async def run(self) -> None:
        """Until SIGINT or SIGTERM; everything that it started has ended when it returns. Raises
        CannotStart when a part does not start, after the others have ended."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.ask_to_stop)
        self.write_status()
        keeping = [asyncio.create_task(self._keep(managed)) for managed in self.managed.values()]
        others = [asyncio.create_task(self._save_clock()), asyncio.create_task(self._wait_for_up())]
        await self._stop.wait()
        self._clock.stop()
        said = [] if self._failed is None else self._output.last_lines(self._failed, LAST_LINES)
        self._output.say(
            both("正在停止……再按一次 Ctrl-C 立即结束", "stopping; Ctrl-C again ends it at once")
        )
        for task in others:
            task.cancel()
        await self._stop_all()
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, *others, return_exceptions=True)
        self.write_status()
        self._output.say(both("已全部停止，数据都在", "everything has stopped; all data is kept"))
        if self._failed is not None:
            raise failed_start(self._failed, said)

    def _give_up(self, name: str) -> None:
        self._failed = name
        self._stop.set()

    def ask_to_stop(self) -> None:
        self._signals += 1
        self._stop.set()
        if self._signals > 1:
            for managed in self.managed.values():
                managed.kill()

    async def _keep(self, managed: Managed) -> None:
        needs = [self.managed[name] for name in managed.spec.needs if name in self.managed]
        try:
            await managed.keep(needs)
        except Exception as error:
            # Without this a process that cannot even be started would be missed by nobody.
            said = f"{type(error).__name__}: {error}"
            self._output.say(both(f"{managed.spec.name} 无法启动：{said}", "it cannot be started"))
            managed.not_ready_because = said

    async def _stop_all(self) -> None:
        for wave in reversed(self._waves):
            await asyncio.gather(*(self.managed[spec.name].stop() for spec in wave))

    async def _wait_for_up(self) -> None:
        for managed in self.managed.values():
            await managed.was_ready.wait()
        self._clock.run()
        self._announce()
        self._up = True  # after it: who waits for this reads the announcement
        self.write_status()

    async def _save_clock(self) -> None:
        """The status with it, so that a table shows what is true now."""
        while True:
            self._clock.beat()
            self.write_status()
            await asyncio.sleep(BEAT_SECONDS)

    def write_status(self) -> None:
        write_json(self._state.status_file, self.status())

    def status(self) -> dict[str, Any]:
        pid = os.getpid()
        return {
            "supervisor": {"pid": pid, "start": start_ticks(pid), "since": self._began},
            "up": self._up and not self._stop.is_set(),
            "stopping": self._stop.is_set(),
            "clock": self._clock.setting(),
            "processes": [_row(managed) for managed in self.managed.values()],
        }


def _row(managed: Managed) -> dict[str, Any]:
    """`start` in the kernel's ticks tells this process from a later one with the same pid."""
    spec = managed.spec
    return {
        "name": spec.name,
        "kind": spec.kind,
        "service": spec.service,
        "pid": managed.pid,
        "start": managed.start,
        "state": managed.state,
        "ready": managed.state in ("ready", "done"),
        "restarts": managed.restarts,
        "since": managed.since,
        "last_exit": managed.last_exit,
        "why": managed.not_ready_because,
    }
