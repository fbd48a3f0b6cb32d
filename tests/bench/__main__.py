"""`make bench`, or `python -m tests.bench [--quick] [claims|submission|relay|worklist …]`.

Prints a table of ratios to floors measured in the same run; ends with 1 below a goal. `--quick`
takes small sizes: to try the bench itself, not the product."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.bench import claims, relaying, submission, worklist
from tests.bench.figures import Figure, table
from tests.bench.world import World, running_world
from tests.servers.docker_engine import why_not
from tests.servers.rabbitmq import IMAGE, rabbitmq_server

# the worklist last: its million rows leave the database busy for a while
FIGURES = ("submission", "relay", "claims", "worklist")


def main() -> int:
    asked = arguments()
    wanted = [name for name in FIGURES if not asked.figures or name in asked.figures]
    figures: list[Figure] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gjb-", ignore_cleanup_errors=True) as folder:
        say("starting subsidy, its engines, identity, finance and the bank")
        with running_world(Path(folder)) as world:
            for name in wanted:
                try:
                    figures += taken(name, world, asked.quick)
                except Exception:  # the other figures are still worth having
                    traceback.print_exc()
                    failed.append(name)
    print(f"\n{table(figures)}\n")
    missed = [figure.name for figure in figures if not figure.met]
    for words, names in (("below the goal", missed), ("not measured", failed)):
        if names:
            print(f"{words}: {', '.join(names)}")
    return 1 if missed or failed else 0


def taken(name: str, world: World, quick: bool) -> list[Figure]:
    began = time.perf_counter()
    say(f"{name}:")
    figure = MEASURES[name](world, quick)
    say(f"  took {time.perf_counter() - began:.0f} s")
    return [] if figure is None else [figure]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", choices=[[], *FIGURES], metavar="figure")
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def measure_claims(world: World, quick: bool) -> Figure:
    return claims.measure(world, 25 if quick else 100, say)


def measure_submission(world: World, quick: bool) -> Figure:
    return submission.measure(world, 40 if quick else 600, say)


def measure_relay(world: World, quick: bool) -> Figure | None:
    if reason := why_not(IMAGE):
        say(f"  left out: RabbitMQ: {reason}")
        return None
    with rabbitmq_server() as broker:
        broker.add_virtual_host("bench")
        return relaying.measure(world, broker.url("bench"), 2000 if quick else 40_000, say)


def measure_worklist(world: World, quick: bool) -> Figure:
    return worklist.measure(world, 20_000 if quick else 1_000_000, 10_000, say)


MEASURES: dict[str, Callable[[World, bool], Figure | None]] = {
    "claims": measure_claims,
    "submission": measure_submission,
    "relay": measure_relay,
    "worklist": measure_worklist,
}


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
