"""The layers of the tests: marks by folder, and the lines at the end of a run that say how many
passed and were skipped in each, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

LAYERS = (
    "unit",
    "workflow",
    "integration",
    "contract",
    "architecture",
    "e2e",
    "faults",
    "browser",
    "bench",
)
_TESTS = Path(__file__).parent


def layer_of(path: Path) -> str | None:
    try:
        first = path.relative_to(_TESTS).parts[0]
    except ValueError:
        return None
    return first if first in LAYERS else None


def mark_by_folder(items: list[pytest.Item]) -> None:
    for item in items:
        layer = layer_of(item.path)
        if layer is None:
            raise pytest.UsageError(f"{item.nodeid}: tests live in tests/<layer>/…")
        item.add_marker(getattr(pytest.mark, layer))


def print_layers(reporter: pytest.TerminalReporter) -> None:
    counts: dict[str, Counter[str]] = {layer: Counter() for layer in LAYERS}
    reasons: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in reporter.stats.get(outcome, []):
            layer = layer_of(_TESTS.parent / report.nodeid.split("::")[0])
            if layer is not None:
                counts[layer][outcome] += 1
            if outcome == "skipped":
                reasons[_reason(report)] += 1
    reporter.section("layers")
    for layer, count in counts.items():
        if count:
            bad = count["failed"] + count["error"]
            failed = f", {bad} failed" if bad else ""
            line = f"{layer}: {count['passed']} passed, {count['skipped']} skipped{failed}"
            reporter.write_line(line)
    left_out = "; ".join(f"{reason} ({n})" for reason, n in reasons.items())
    reporter.write_line(f"left out: {left_out or 'nothing'}")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
