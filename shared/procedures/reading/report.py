"""The problems of one document as they are found, each with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shared.procedures.model import Problem

MOST_PROBLEMS = 200
_LONGEST = 1000  # a word of the document may be half a megabyte


class TooManyProblems(Exception):
    """A document with so many problems is not read to its end."""


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST // 2]} … {words[-200:]}"


@dataclass
class Report:
    """The problems of one document as they are found.

    `roles`: those that somebody may hold where the document is to run; None while the stored
    text of a case is read again, which was checked when the case began."""

    file: str
    lines: dict[str, int] = field(default_factory=dict)
    roles: tuple[str, ...] | None = None
    found: dict[Problem, None] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)

    @property
    def strict(self) -> bool:
        return self.roles is not None

    @property
    def problems(self) -> list[Problem]:
        return list(self.found)

    def add(self, path: str, zh: str, en: str, *, warning: bool = False) -> None:
        self.add_at(self._line(path), path, zh, en, warning=warning)

    def add_at(
        self, line: int | None, path: str, zh: str, en: str, *, warning: bool = False
    ) -> None:
        """Raises TooManyProblems, so that a file full of them does not take minutes."""
        severity = "warning" if warning else "error"
        problem = Problem(self.file, path, _cut(zh), _cut(en), line, severity)  # type: ignore[arg-type]
        self.found.setdefault(problem)  # a place that is read twice is wrong once
        self.paths.add(path)
        if len(self.found) > MOST_PROBLEMS:
            raise TooManyProblems

    def _line(self, path: str) -> int | None:
        while path and path not in self.lines:  # something left out: the place that lacks it
            path = re.sub(r"(\.[^.\[\]]*|\[[0-9]+\]|^[^.\[\]]*)$", "", path)
        return self.lines.get(path)
