"""Where lines go: the terminal with the process's name in front, and a file for each process."""

from __future__ import annotations

import re
import sys
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

LARGEST_FILE = 20_000_000
_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_RUNNER = "gongjiang"


def show_what_can_be_shown(*terminals: TextIO) -> None:
    """A terminal of another encoding (GB18030, ISO-8859-1) shows `?` for what it lacks; nothing
    ends for it."""
    for terminal in terminals:
        if isinstance(terminal, TextIOWrapper):
            terminal.reconfigure(errors="replace")


class Shown(Enum):
    """What of the processes' lines the terminal gets; the files get them all."""

    NOTHING = "nothing"
    TROUBLE = "trouble"  # warnings and errors
    EVERYTHING = "everything"


# As our processes, PostgreSQL, Granian, Temporal and Caddy write them.
_TROUBLE = re.compile(
    r'"level": ?"(warn|error|critical|fatal|panic)|level=(WARN|ERROR)'
    r"|^\[?(WARNING|ERROR|CRITICAL)\b|\b(WARNING|ERROR|FATAL|PANIC): "
)
# Said at each start and stop, about nothing that anybody could do.
_NOISE = re.compile(r"Configuration allows spawning up to|context canceled")
_TRACEBACK = "Traceback (most recent call last)"


class Output:
    def __init__(
        self, logs: Path, terminal: TextIO | None = None, shown: Shown = Shown.TROUBLE
    ) -> None:
        self._logs = logs
        self._terminal = sys.stdout if terminal is None else terminal
        show_what_can_be_shown(self._terminal)
        self._shown = shown
        self._in_traceback: set[str] = set()
        self._files: dict[str, TextIO] = {}
        self._colour = self._terminal.isatty()
        self._width = len(_RUNNER)

    def widen(self, names: list[str]) -> None:
        self._width = max(map(len, (*names, _RUNNER)))

    def line(self, name: str, text: str) -> None:
        """One line of a process."""
        self._write(name, text)
        if self._shown is Shown.EVERYTHING or (
            self._shown is Shown.TROUBLE and self._is_trouble(name, text)
        ):
            self._print(name, text)

    def _is_trouble(self, name: str, text: str) -> bool:
        """A traceback is one up to its last line, the first that is not indented."""
        if name in self._in_traceback:
            if not text.startswith(" "):
                self._in_traceback.discard(name)
            return True
        if text.startswith(_TRACEBACK):
            self._in_traceback.add(name)
            return True
        return _TROUBLE.search(text) is not None and _NOISE.search(text) is None

    def say(self, text: str) -> None:
        """What the runner itself has to say: always on the terminal."""
        for part in text.splitlines():
            self._write(_RUNNER, part)
            self._print(_RUNNER, part)

    def last_lines(self, name: str, count: int = 5) -> list[str]:
        try:
            lines = (
                (self._logs / f"{name}.log")
                .read_text(encoding="utf-8", errors="replace")
                .splitlines()
            )
        except OSError:
            return []
        return lines[-count:]

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _print(self, name: str, text: str) -> None:
        shown = f"{name:<{self._width}} |"
        if self._colour:
            shown = f"\x1b[{_COLOURS[sum(map(ord, name)) % len(_COLOURS)]}m{shown}\x1b[0m"
        try:
            print(shown, text, file=self._terminal, flush=True)
        except OSError:
            self._shown = Shown.NOTHING  # the terminal went away; the files remain

    def _write(self, name: str, text: str) -> None:
        for target, line in ((name, text), ("all", f"{name:<{self._width}} | {text}")):
            file = self._files.get(target) or self._open(target)
            print(line, file=file, flush=True)
            if file.tell() > LARGEST_FILE:
                self._turn(target)

    def _open(self, target: str) -> TextIO:
        path = self._logs / f"{target}.log"
        file = path.open("a", encoding="utf-8", errors="replace")
        path.chmod(0o600)
        self._files[target] = file
        return file

    def _turn(self, target: str) -> None:
        self._files.pop(target).close()
        path = self._logs / f"{target}.log"
        path.replace(path.with_suffix(".log.1"))
