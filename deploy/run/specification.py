"""What a supervised process is, and the order that follows from what each one needs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.run.checks import Check, Running

PYTHON = sys.executable
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Spec:
    """`kind` and `service` tell a fault test what it kills. A one-shot runs to its end, again if
    it fails; whoever needs it waits for that. `needs` names are passed over where this run has
    no such process (a PostgreSQL server by setting, for example). `attempts`: how often in a row
    it may end before it was ever ready, until the start is given up; None: it waits for something
    that runs elsewhere."""

    name: str
    kind: str
    command: Sequence[str]
    ready: Check = field(default_factory=Running)
    needs: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    service: str | None = None
    one_shot: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 8.0
    ready_seconds: float = 60.0
    attempts: int | None = ATTEMPTS


def module(name: str, *arguments: str) -> tuple[str, ...]:
    return (PYTHON, "-m", name, *arguments)


def tool(name: str) -> str:
    """A program that a wheel put beside the interpreter."""
    return str(Path(PYTHON).parent / name)


def waves(specs: Sequence[Spec]) -> list[list[Spec]]:
    """Groups in the order of starting: each needs only groups before it. Raises ValueError on a
    circle. Stopping goes through them backwards."""
    names = {spec.name for spec in specs}
    left, placed, result = list(specs), set[str](), list[list[Spec]]()
    while left:
        wave = [s for s in left if {n for n in s.needs if n in names} <= placed]
        if not wave:
            raise ValueError("these need each other: " + ", ".join(s.name for s in left))
        result.append(wave)
        placed |= {spec.name for spec in wave}
        left = [spec for spec in left if spec.name not in placed]
    return result
