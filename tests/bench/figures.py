"""A figure: a ratio to a floor that is measured in the same run, in alternation, pair by pair."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

PAIRS = 5


@dataclass(frozen=True)
class Figure:
    """`ours` and `floors`: one value a pair, in `unit`. `goal`: the least that the median of the
    ratios ours/floor may be, or with `at_most` the most."""

    name: str
    against: str
    unit: str
    goal: float
    ours: Sequence[float]
    floors: Sequence[float]
    at_most: bool = False
    notes: Sequence[str] = field(default=())

    @property
    def ratios(self) -> list[float]:
        return [ours / floor for ours, floor in zip(self.ours, self.floors, strict=True)]

    @property
    def met(self) -> bool:
        middle = median(self.ratios)
        return middle <= self.goal if self.at_most else middle >= self.goal

    def row(self) -> list[str]:
        sign = "≤" if self.at_most else "≥"
        return [
            self.name,
            self.against,
            f"{spread(self.ours)} {self.unit}",
            f"{spread(self.floors)} {self.unit}",
            spread(self.ratios, 2),
            f"{sign} {self.goal:g}",
            "met" if self.met else "MISSED",
        ]


HEAD = ["figure", "floor", "ours: median (range)", "floor: median (range)", "ratio", "goal", ""]


def spread(values: Sequence[float], digits: int | None = None) -> str:
    def text(value: float) -> str:
        if digits is not None:
            return f"{value:.{digits}f}"
        return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"

    return f"{text(median(values))} ({text(min(values))}..{text(max(values))})"


def in_pairs(
    ours: Callable[[], float], floor: Callable[[], float], say: Callable[[str], None]
) -> tuple[list[float], list[float]]:
    """Alternating, and who begins alternates too, so that a machine that gets busier or idler in
    the course of a pair favours neither."""
    sides: dict[str, list[float]] = {"ours": [], "floor": []}
    measures = {"ours": ours, "floor": floor}
    for number in range(PAIRS):
        for side in ("ours", "floor") if number % 2 == 0 else ("floor", "ours"):
            sides[side].append(measures[side]())
        pair = f"{sides['ours'][-1]:.1f} / {sides['floor'][-1]:.1f}"
        say(f"  pair {number + 1}: {pair} = {sides['ours'][-1] / sides['floor'][-1]:.2f}")
    return sides["ours"], sides["floor"]


def table(figures: Sequence[Figure]) -> str:
    rows = [HEAD, *(figure.row() for figure in figures)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(HEAD))
    notes = [f"- {figure.name}: {note}" for figure in figures for note in figure.notes]
    return "\n".join([machine(), "", *lines, *(["", *notes] if notes else [])])


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("temporalio", "sqlalchemy", "flask", "granian")
    )
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({processor()}), {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {sys.version.split()[0]}, {libraries}; load {load}; "
        f"{PAIRS} alternating pairs"
    )


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
