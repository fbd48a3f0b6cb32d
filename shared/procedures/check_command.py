"""`check`: the verdict of a service's catalogue on files that do not lie in it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from shared.procedures.capabilities import Capabilities
from shared.procedures.catalogue import Catalogue
from shared.procedures.document_files import look, text_of_file
from shared.procedures.model import Problem
from shared.procedures.rulebook import RuleBook

SERVICES = ("nomination", "assessment", "subsidy")
# Keys that only one service reads, where neither the folder nor a flag says which it is.
_TELLING = (
    (re.compile(r"^\s+entitlement:|^outcome: *\{? *entitlement", re.MULTILINE), "subsidy"),
    (re.compile(r"^\s+certificates:|^outcome: *\{? *certificates", re.MULTILINE), "assessment"),
)


def check_paths(paths: Sequence[Path], rules: RuleBook, can: Capabilities) -> int:
    """0 when every document loads (warnings are printed all the same), else 1."""
    return _reported(paths, [_problems(paths, rules, can)])


def check_by_service(
    paths: Sequence[Path], service: str | None, composition: Callable[[str], Any]
) -> int:
    """The same for files of several services, each by its own: (rules, capabilities)."""
    by_service: dict[str, list[Path]] = {}
    for path in paths:
        by_service.setdefault(service or service_of(path), []).append(path)
    found = [_problems(some, *composition(name)) for name, some in by_service.items()]
    return _reported(paths, found)


def service_of(path: Path) -> str:
    """By the nearest folder that bears a service's name, else by the document's outcome."""
    for part in reversed(path.resolve().parts[:-1]):
        if part in SERVICES:
            return part
    text = "" if path.is_dir() else text_of_file(path)
    if isinstance(text, str):
        for telling, service in _TELLING:
            if telling.search(text):
                return service
    return "nomination"


def _reported(paths: Sequence[Path], found: Iterable[tuple[list[Problem], int]]) -> int:
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        print(f"{path}: 没有这个文件或目录。 There is no such file or directory.")
    empty = [path for path in paths if path.is_dir() and not look([path])[0]]
    for path in empty:
        print(
            f"{path}: 目录中没有办理规则文件（*.yaml、*.yml）。请放入文件，或换一个目录。 "
            "There is no document (*.yaml, *.yml) in this directory. Put one in, or name another."
        )
    failed, count = len(missing) + len(empty), 0
    for problems, loaded in found:
        count += loaded
        failed += sum(one.severity == "error" for one in problems)
        for problem in problems:
            print(problem)
    print(f"{count} 份文件可用，{failed} 处错误。 {count} documents load, {failed} errors.")
    return 1 if failed else 0


def _problems(
    paths: Sequence[Path], rules: RuleBook, can: Capabilities
) -> tuple[list[Problem], int]:
    """Files are looked at together, as a catalogue of their own, so that clashes show."""
    paths = [path for path in paths if path.exists()]
    with tempfile.TemporaryDirectory() as temporary:
        links = Path(temporary)
        names: dict[str, str] = {}
        for number, path in enumerate(p for p in paths if not p.is_dir()):
            link = links / f"{number}-{path.stem}.yaml"
            link.symlink_to(path.resolve())
            names[str(link)] = str(path)
        catalogue = Catalogue([links, *(p for p in paths if p.is_dir())], rules, can)
        problems = [
            Problem(names.get(p.file, p.file), p.path, p.zh, p.en, p.line, p.severity)
            for p in catalogue.problems()
        ]
        return problems, len(catalogue.all())
