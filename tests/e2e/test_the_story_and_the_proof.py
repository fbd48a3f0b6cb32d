"""`make demo` and `make verify`: the story as it is told to everybody, and what proves it."""

from __future__ import annotations

import subprocess
import sys

from tests.servers.system import System

STORY_SECONDS = 400.0
SCHEME = "skill-upgrade-subsidy"
# claims, refused, instructed, rejected, replaced, settled, fen; and the certificates before them
ONCE = (31, 1, 31, 1, 1, 30, 4_500_000)
CERTIFICATES = 31


def told(system: System) -> subprocess.CompletedProcess[str]:
    return system.make(
        "deploy.run", "with", "--", sys.executable, "-m", "deploy.demonstration.story",
        seconds=STORY_SECONDS,
    )  # fmt: skip


def proven(system: System) -> dict[str, list[str]]:
    """The lines of the figures by their first word."""
    run = system.make("deploy.run", "with", "--", sys.executable, "-m", "deploy.verify")
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    lines = run.stdout.splitlines()
    assert "OK" in lines, run.stdout
    return {words[0]: words for words in map(str.split, lines) if words}


def figures(lines: dict[str, list[str]]) -> tuple[int, ...]:
    """None yet of the scheme, before the story is told."""
    found = lines.get(SCHEME)
    return tuple(int(each) for each in found[-7:]) if found else (0,) * 7


def certificates(lines: dict[str, list[str]]) -> int:
    """Over all sittings: sitting, place, candidates, certificates, then the seven figures."""
    return sum(int(words[-8]) for name, words in lines.items() if name.startswith("ASM-"))


def times(number: int, figures: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(number * each for each in figures)


def test_the_story_holds_twice_and_verify_agrees(system: System) -> None:
    assert figures(proven(system)) == times(0, ONCE), "nobody has told the story here before"
    for number in (1, 2):
        story = told(system)
        assert story.returncode == 0, story.stdout[-3000:] + story.stderr[-3000:]
        assert "每一步都成立" in story.stdout
        lines = proven(system)
        assert figures(lines) == times(number, ONCE)
        assert certificates(lines) == number * CERTIFICATES
