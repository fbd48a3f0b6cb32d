"""`make demo` and then `make verify`, twice: the figures of the issue, and then twice as much."""

from __future__ import annotations

import sys

from tests.servers.system import System

# certificates… of a sitting: candidates, certificates, claims, refused, instructed, rejected,
# replaced, settled, fen
STORY = ["40", "31", "31", "1", "31", "1", "1", "30", "4500000"]


def run(system: System, module: str) -> str:
    done = system.make("deploy.run", "with", "--", sys.executable, "-m", module)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def sittings(verified: str) -> list[list[str]]:
    """The figures of every sitting that issued certificates."""
    lines = [line for line in verified.splitlines() if line.startswith("ASM-")]
    return [line.split()[-len(STORY) :] for line in lines]


def test_the_story_is_told_twice_and_every_figure_agrees(system: System) -> None:
    before = len(sittings(run(system, "deploy.verify")))

    for times in (1, 2):
        told = run(system, "deploy.demonstration.story")
        assert "every step holds" in told
        verified = run(system, "deploy.verify")

        assert verified.rstrip().endswith("OK"), verified
        assert sittings(verified)[before:] == [STORY] * times
