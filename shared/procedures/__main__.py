"""`python -m shared.procedures check PATH…` and `python -m shared.procedures generate`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.procedures.check_command import check_by_service
from shared.procedures.generated import write_generated


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.procedures")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="print the problems of documents and directories")
    check.add_argument("paths", nargs="+", type=Path)
    check.add_argument(
        "--service",
        choices=("nomination", "assessment", "subsidy"),
        help="the service that is to run them; left out, it is told by the folder or the outcome",
    )
    commands.add_parser("generate", help="write the JSON Schema and README's lists from the code")
    given = parser.parse_args(arguments)
    if given.command == "generate":
        write_generated()
        return 0
    return check_by_service(given.paths, given.service, _composition)


def _composition(service: str) -> tuple[object, object]:
    found = importlib.import_module(f"services.{service}.app").COMPOSITION
    return found.rules, found.capabilities


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
