"""`python -m shared.procedures check PATH…` and `python -m shared.procedures generate`."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path

from shared.procedures.catalogue import Catalogue
from shared.procedures.document_files import look
from shared.procedures.generated import write_generated
from shared.procedures.model import Problem
from shared.procedures.rulebook import RuleBook
from shared.procedures.rules import shared_rules

_CATALOGUE = re.compile(r"/services/([a-z_]+)/catalogue(/|$)")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.procedures")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="print the problems of documents and directories")
    check.add_argument("paths", nargs="+", type=Path)
    check.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="MODULE:NAME",
        help="a service's own rules beside the shared ones",
    )
    commands.add_parser("generate", help="write the JSON Schema and README's lists from the code")
    given = parser.parse_args(arguments)
    if given.command == "generate":
        write_generated()
        return 0
    return check_paths(given.paths, given.rules)


def check_paths(paths: Sequence[Path], rules: Sequence[str]) -> int:
    """0 when every document loads (warnings are printed all the same), else 1."""
    book = _book([*dict.fromkeys([*rules, *_rules_beside(paths)])])
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        print(f"{path}: 没有这个文件或目录。 There is no such file or directory.")
    empty = [path for path in paths if path.is_dir() and not look([path])[0]]
    for path in empty:
        print(
            f"{path}: 目录中没有办理规则文件（*.yaml、*.yml）。请放入文件，或换一个目录。 "
            "There is no document (*.yaml, *.yml) in this directory. Put one in, or name another."
        )
    problems, count = _problems([path for path in paths if path.exists()], book)
    for problem in problems:
        print(problem)
    failed = len(missing) + len(empty) + sum(one.severity == "error" for one in problems)
    print(f"{count} 份文件可用，{failed} 处错误。 {count} documents load, {failed} errors.")
    return 1 if failed else 0


def _problems(paths: Sequence[Path], book: RuleBook) -> tuple[list[Problem], int]:
    """Files are looked at together, as a catalogue of their own, so that clashes show."""
    with tempfile.TemporaryDirectory() as temporary:
        links = Path(temporary)
        names: dict[str, str] = {}
        for number, path in enumerate(p for p in paths if not p.is_dir()):
            link = links / f"{number}-{path.stem}.yaml"
            link.symlink_to(path.resolve())
            names[str(link)] = str(path)
        catalogue = Catalogue([links, *(p for p in paths if p.is_dir())], book)
        problems = [
            Problem(names.get(p.file, p.file), p.path, p.zh, p.en, p.line, p.severity)
            for p in catalogue.problems()
        ]
        return problems, len(catalogue.all())


def _rules_beside(paths: Sequence[Path]) -> Iterator[str]:
    """The rules of the service in whose catalogue a path lies, by its composition root."""
    for path in paths:
        found = _CATALOGUE.search(path.resolve().as_posix())
        if found:
            yield f"services.{found[1]}.app:COMPOSITION.rules"


def _book(names: Sequence[str]) -> RuleBook:
    """The shared rules and those named; a rule that several books hold counts once."""
    book = shared_rules()
    for name in names:
        module, _, attributes = name.partition(":")
        found = attrgetter(attributes or "rules")(importlib.import_module(module))
        if not isinstance(found, RuleBook):
            raise SystemExit(f"{name} is no RuleBook")
        book = RuleBook(book, found.without(book))
    return book


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
