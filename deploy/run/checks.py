"""How it is seen that a process is ready. A check answers None, or why it is not ready yet."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

PATIENCE = 3.0


class Check(Protocol):
    @property
    def repeats(self) -> bool:
        """Whether it is cheap enough to be asked again for as long as the process runs."""

    async def __call__(self, age: float, said: Sequence[str]) -> str | None:
        """`age`: seconds since the process started; `said`: its first lines since then."""


@dataclass(frozen=True, slots=True)
class Running:
    """For what has no door to knock at: it lived through its first seconds."""

    seconds: float = 2.0
    repeats: bool = False

    async def __call__(self, age: float, said: Sequence[str]) -> str | None:
        return None if age >= self.seconds else "刚刚启动 / just started"


@dataclass(frozen=True, slots=True)
class Says:
    """It printed a line with these words, or has simply lived long enough without them."""

    words: str
    seconds: float = 30.0
    repeats: bool = False

    async def __call__(self, age: float, said: Sequence[str]) -> str | None:
        if age >= self.seconds or any(self.words in line for line in said):
            return None
        return f"还没有说 / has not said yet: {self.words}"


@dataclass(frozen=True, slots=True)
class Answers:
    """An HTTP GET on the loopback that answers 200."""

    port: int
    path: str
    repeats: bool = True

    async def __call__(self, age: float, said: Sequence[str]) -> str | None:
        try:
            status = await asyncio.wait_for(self._status(), PATIENCE)
        except (OSError, TimeoutError, ValueError, IndexError) as error:
            return f"{self.path}: {type(error).__name__}"
        return None if status == 200 else f"{self.path}: HTTP {status}"

    async def _status(self) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            lines = (
                f"GET {self.path} HTTP/1.1",
                f"Host: 127.0.0.1:{self.port}",
                "Connection: close",
            )
            writer.write("\r\n".join((*lines, "", "")).encode())
            await writer.drain()
            return int((await reader.readline()).split()[1])
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class Listens:
    """A TCP port on the loopback that takes connections."""

    port: int
    repeats: bool = True

    async def __call__(self, age: float, said: Sequence[str]) -> str | None:
        try:
            opening = asyncio.open_connection("127.0.0.1", self.port)
            _, writer = await asyncio.wait_for(opening, PATIENCE)
        except (OSError, TimeoutError):
            return f"端口 {self.port} 未开 / port {self.port} is not open"
        writer.close()
        return None


@dataclass(frozen=True, slots=True)
class Succeeds:
    """A command that ends with 0. Not repeated: it costs a process each time."""

    command: Sequence[str]
    repeats: bool = False

    async def __call__(self, age: float, said: Sequence[str]) -> str | None:
        # Not asyncio's own subprocesses: their watcher threads do not go with our forks.
        quiet = subprocess.DEVNULL
        running = subprocess.Popen(self.command, stdin=quiet, stdout=quiet, stderr=quiet)
        for _ in range(round(PATIENCE / 0.05)):
            if running.poll() is not None:
                break
            await asyncio.sleep(0.05)
        else:
            running.kill()
            running.wait()
        done = running.returncode == 0
        return None if done else f"{self.command[0]}: {running.returncode}"
