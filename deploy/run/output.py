"""Where lines go: the terminal with the process's name in front, and a file for each process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

LARGEST_FILE = 20_000_000
_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_RUNNER = "gongjiang"


class Output:
    """`quiet` keeps the processes' lines off the terminal; the files get them all the same."""

    def __init__(self, logs: Path, terminal: TextIO | None = None, quiet: bool = False) -> None:
        self._logs = logs
        self._terminal = sys.stdout if terminal is None else terminal
        self._quiet = quiet
        self._files: dict[str, TextIO] = {}
        self._colour = self._terminal.isatty()
        self._width = len(_RUNNER)

    def widen(self, names: list[str]) -> None:
        self._width = max(map(len, (*names, _RUNNER)))

    def line(self, name: str, text: str) -> None:
        """One line of a process."""
        self._write(name, text)
        if not self._quiet:
            self._print(name, text)

    def say(self, text: str) -> None:
        """What the runner itself has to say: always on the terminal."""
        for part in text.splitlines():
            self._write(_RUNNER, part)
            self._print(_RUNNER, part)

    def last_lines(self, name: str, count: int = 5) -> list[str]:
        try:
            lines = (self._logs / f"{name}.log").read_text(errors="replace").splitlines()
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
            self._quiet = True  # the terminal went away; the files remain

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
