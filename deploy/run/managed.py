"""One process under supervision: started, watched until ready, restarted, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping

from deploy.run.ours import MARK, send, start_ticks
from deploy.run.output import Output
from deploy.run.parent_death import die_with_parent
from deploy.run.specification import Spec
from deploy.run.words import both

LONGEST_PAUSE = 15.0
LIVED_LONG = 20.0  # after which a death counts as the first one again
LOOKED_AT = 0.05
FIRST_LINES = 500  # of each life, for the check of readiness


class Managed:
    """`state`: waiting, starting, ready, unready, pausing, done, failed, stopped."""

    def __init__(
        self,
        spec: Spec,
        env: Mapping[str, str],
        instance: str,
        output: Output,
        changed: Callable[[], None],
        gave_up: Callable[[str], None],
    ) -> None:
        self.spec = spec
        self.state = "waiting"
        self.restarts = 0
        self.since: float | None = None
        self.start: int | None = None
        self.last_exit: int | None = None
        self.not_ready_because: str | None = None
        self.was_ready = asyncio.Event()
        self._env = {**env, **spec.env, MARK: f"{instance}:{spec.name}"}
        self._output = output
        self._changed = changed
        self._gave_up = gave_up
        self._popen: subprocess.Popen[bytes] | None = None
        self._stopping = asyncio.Event()
        self._rest = b""
        self._said: list[str] = []

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen and self._popen.returncode is None else None

    async def keep(self, needs: list[Managed]) -> None:
        """Until stopped, or a one-shot is done. A pause grows with each quick death and has a
        ceiling. What was ready once is never given up; what never was, after some attempts."""
        quick = 0
        for need in needs:
            await need.was_ready.wait()
        while not self._stopping.is_set():
            code = await self._once()
            if self._stopping.is_set() or self.state == "done":
                return
            lived = time.time() - (self.since or 0.0)
            quick = 1 if lived > LIVED_LONG else quick + 1
            if quick == self.spec.attempts and not self.was_ready.is_set():
                self._become("failed")
                self._gave_up(self.spec.name)
                return
            pause = min(LONGEST_PAUSE, 0.2 * 2 ** (quick - 1))
            self._tell_death(code, quick, pause)
            self._become("pausing")
            await self._pause(pause)
            self.restarts += 1

    async def _once(self) -> int:
        """One life, from start to exit."""
        popen = self._spawn()
        reading = asyncio.get_running_loop()
        assert popen.stdout is not None
        reading.add_reader(popen.stdout.fileno(), self._read)
        watching = asyncio.create_task(self._watch())
        try:
            while popen.poll() is None:
                await asyncio.sleep(LOOKED_AT)
        finally:
            watching.cancel()
            reading.remove_reader(popen.stdout.fileno())
            self._bury(popen)
        self.last_exit = popen.returncode
        if self.spec.one_shot and popen.returncode == 0:
            self._become("done")
            self.was_ready.set()
        return popen.returncode

    def _spawn(self) -> subprocess.Popen[bytes]:
        """In a group of its own: Ctrl-C reaches the supervisor alone, and nothing of a killed
        process is left. The loop has one thread, so that code after the fork is safe."""
        parent = os.getpid()
        popen = subprocess.Popen(
            self.spec.command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent),
        )
        assert popen.stdout is not None
        os.set_blocking(popen.stdout.fileno(), False)
        self._popen, self._rest, self._said = popen, b"", []
        self.since, self.start = time.time(), start_ticks(popen.pid)
        self._become("starting")
        return popen

    async def _watch(self) -> None:
        """Ready once, then looked at for as long as it lives, where that is cheap."""
        began = time.monotonic()
        told = self.spec.ready_seconds
        while True:
            age = time.monotonic() - began
            self.not_ready_because = await self.spec.ready(age, self._said)
            if self.not_ready_because is None and not self.spec.one_shot:
                self._become("ready")
                self.was_ready.set()
                if not self.spec.ready.repeats:
                    return
            elif self.state == "ready":
                self._become("unready")
                told = age + self.spec.ready_seconds
            elif age > told and not self.spec.one_shot:
                told += self.spec.ready_seconds
                self._output.say(self._still_waiting(age))
            await asyncio.sleep(5.0 if self.state == "ready" else 0.25)

    async def stop(self) -> None:
        """Asked to stop, then killed with everything in its group."""
        self._stopping.set()
        popen = self._popen
        if popen is None or popen.poll() is not None:
            self._become("done" if self.state == "done" else "stopped")
            return
        send(popen.pid, self.spec.stop_signal)
        deadline = time.monotonic() + self.spec.stop_seconds
        while popen.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(LOOKED_AT)
        if popen.returncode is None:
            zh = f"{self.spec.name} {self.spec.stop_seconds:g} 秒内没有停下，强制结束"
            self._output.say(both(zh, "it did not stop in time and is killed"))
            send(popen.pid, signal.SIGKILL, group=True)
        while popen.poll() is None:
            await asyncio.sleep(LOOKED_AT)
        self._become("stopped")

    def kill(self) -> None:
        """For a person who will not wait. The database still gets its quick, safe signal."""
        if self.pid is not None:
            hard = signal.SIGQUIT if self.spec.kind == "postgres" else signal.SIGKILL
            send(self.pid, hard, group=True)

    def _bury(self, popen: subprocess.Popen[bytes]) -> None:
        """What it had started goes with it, its last words are read."""
        if popen.returncode is not None:
            send(popen.pid, signal.SIGKILL, group=True)
        self._read()
        if self._rest:
            self._output.line(self.spec.name, self._rest.decode(errors="replace"))
        assert popen.stdout is not None
        popen.stdout.close()

    def _read(self) -> None:
        assert self._popen is not None and self._popen.stdout is not None
        while True:
            try:
                block = os.read(self._popen.stdout.fileno(), 65536)
            except BlockingIOError:
                return
            if not block:
                asyncio.get_running_loop().remove_reader(self._popen.stdout.fileno())
                return
            *lines, self._rest = (self._rest + block).split(b"\n")
            for line in lines:
                text = line.decode(errors="replace").rstrip("\r")
                self._output.line(self.spec.name, text)
                if len(self._said) < FIRST_LINES:
                    self._said.append(text)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def _become(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self._changed()

    def _tell_death(self, code: int, quick: int, pause: float) -> None:
        how = f"信号 / signal {-code}" if code < 0 else f"退出码 / exit {code}"
        zh, en = f"{self.spec.name} 结束（{how}），{pause:.1f} 秒后重启", "restarting it"
        self._output.say(both(zh, en))
        if quick in (2, 5) or quick % 10 == 0:
            zh = f"{self.spec.name} 已连续 {quick} 次启动失败，仍在重试；最后的输出"
            self._output.say(both(zh, f"failed {quick} times in a row, still trying; it last said"))
            for line in self._output.last_lines(self.spec.name):
                self._output.say(f"    {line}")

    def _still_waiting(self, age: float) -> str:
        zh = f"{self.spec.name} 启动 {age:.0f} 秒仍未就绪（{self.not_ready_because}）"
        return both(zh, f"not ready yet; see logs/{self.spec.name}.log")
