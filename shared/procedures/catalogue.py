"""The documents of one service, read from its directories and read again when they change."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from shared.kernel.errors import NotFound
from shared.kernel.region import covers, region_name
from shared.kernel.text import Text
from shared.procedures.capabilities import Capabilities
from shared.procedures.document_files import Stamp, look, text_of_file
from shared.procedures.model import Problem
from shared.procedures.procedure import Procedure
from shared.procedures.reading import read_document
from shared.procedures.reading.place import nearest
from shared.procedures.rulebook import RuleBook

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())  # a command prints the problems itself

_LOOKED_AT_EVERY_SECONDS = 2.0


class NoProcedureInForce(NotFound):
    code = "no_procedure_in_force"
    names = {"region": region_name}  # noqa: RUF012
    zh = "{region}在 {on} 没有施行中的“{procedure}”办理规则。"
    en = "No version of “{procedure}” is in force in {region} on {on}."
    remedy_zh = "施行的地区和时间：{where}。请核对地区；如认为应当适用，请向当地主管部门咨询。"
    remedy_en = "It is in force in: {where}. Check the region; to ask, turn to its labour bureau."


class UnknownProcedure(NoProcedureInForce):
    code = "unknown_procedure"
    zh = "没有这个办理事项。"
    en = "There is no such procedure."
    remedy_zh = "请从办事目录（/procedures）中选择。"
    remedy_en = "Choose one of the catalogue (/procedures)."


@dataclass
class _File:
    """`procedure`: the last version of this file that could be read; it stays while the file is
    broken."""

    stamp: Stamp
    procedure: Procedure | None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Snapshot:
    running: Mapping[tuple[str, str], Procedure] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Catalogue:
    """Safe to share between threads. A document with a problem never replaces the running one; a
    file that is gone is out of force, and cases begun under it keep `Procedure.source_text`. `can`:
    of the service whose catalogue it is; what it cannot do is a problem."""

    def __init__(
        self, directories: Sequence[Path], rules: RuleBook, can: Capabilities | None = None
    ) -> None:
        self._directories = tuple(directories)
        self.rules = rules
        self._can = can
        self._files: dict[Path, _File] = {}
        self._faults: list[Problem] = []
        self._snapshot = _Snapshot()
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self.refresh()

    def in_force(self, procedure_id: str, on: date, region: str) -> Procedure:
        """The most specific region that holds `region`, then the latest start. No region given:
        the procedure's own, where it has but one. Raises NoProcedureInForce, UnknownProcedure."""
        if not region:
            own = {one.region for one in self._running().values() if one.id == procedure_id}
            region = own.pop() if len(own) == 1 else ""
        # An open end is ended by the next version's start: of each region, the latest begun.
        latest: dict[str, Procedure] = {}
        for one in sorted(self._running().values(), key=lambda one: one.effective_from):
            if one.id == procedure_id and one.effective_from <= on and covers(one.region, region):
                latest[one.region] = one
        found = [one for one in latest.values() if one.in_force(on, region)]
        if not found:
            raise self._missing(procedure_id, on, region)
        return max(found, key=lambda one: _reach(one.region))

    def _missing(self, procedure_id: str, on: date, region: str) -> NoProcedureInForce:
        versions = [one for one in self.all() if one.id == procedure_id]
        if not versions:
            return UnknownProcedure()
        return NoProcedureInForce(
            field="region",
            procedure=versions[-1].title,
            on=on.isoformat(),
            region=region or Text("未填写的地区", "a region not given"),
            where=Text(
                "；".join(f"{region_name(one.region, 'zh')} {_span(one)}" for one in versions),
                "; ".join(f"{region_name(one.region, 'en')} {_span(one)}" for one in versions),
            ),
        )

    def all_in_force(self, on: date, region: str) -> list[Procedure]:
        """One version of each procedure that is in force there and then, by id."""
        found = []
        for one in sorted({one.id for one in self._running().values()}):
            try:
                found.append(self.in_force(one, on, region))
            except NoProcedureInForce:
                continue
        return found

    def get(self, procedure_id: str, version: str) -> Procedure:
        """Raises NotFound."""
        found = self._running().get((procedure_id, version))
        if found is None:
            raise NotFound(what=Text("办理规则", "procedure"))
        return found

    def all(self) -> list[Procedure]:
        return sorted(self._running().values(), key=lambda one: (one.id, one.effective_from))

    def problems(self) -> list[Problem]:
        self._running()
        return list(self._snapshot.problems)

    def _running(self) -> Mapping[tuple[str, str], Procedure]:
        if time.monotonic() - self._looked_at > _LOOKED_AT_EVERY_SECONDS:
            self.refresh()
        return self._snapshot.running

    def refresh(self) -> None:
        """Reads the files that changed (by time, size and inode); the others are left alone."""
        with self._lock:
            self._looked_at = time.monotonic()
            seen, faults = look(self._directories)
            changed = set(seen) != set(self._files)
            for path, stamp in seen.items():
                known = self._files.get(path)
                if known is None or known.stamp != stamp:
                    self._files[path] = self._read(path, stamp, known)
                    changed = True
            self._files = {path: self._files[path] for path in seen}
            if changed or faults != self._faults:
                self._faults = faults
                told = set(self._snapshot.problems)
                self._snapshot = self._choose(faults)
                for problem in self._snapshot.problems:
                    if problem.severity == "error" and problem not in told:
                        logger.error("%s", problem)

    def _read(self, path: Path, stamp: Stamp, known: _File | None) -> _File:
        before = None if known is None else known.procedure
        text = text_of_file(path)
        if isinstance(text, Problem):
            return _File(stamp, before, [text])
        reading = read_document(text, self.rules, str(path), self._can)
        procedure = before if reading.values is None else Procedure(**reading.values)
        return _File(stamp, procedure, reading.problems)

    def _choose(self, faults: Iterable[Problem]) -> _Snapshot:
        problems = [*faults, *(one for file in self._files.values() for one in file.problems)]
        running: dict[tuple[str, str], Procedure] = {}
        for path, file in sorted(self._files.items(), key=self._precedence):
            if file.procedure is None:
                continue
            clash = _clash(file.procedure, running.values())
            if clash is None:
                running[file.procedure.id, file.procedure.version] = file.procedure
            else:
                problems.append(replace(clash, file=str(path)))
        problems += self._excluding_nothing(running)
        return _Snapshot(running, tuple(problems))

    def _excluding_nothing(self, running: Mapping[tuple[str, str], Procedure]) -> Iterable[Problem]:
        """A scheme that none has excludes nothing. Of one scheme alone nothing is known."""
        schemes = sorted({p.scheme for p in running.values() if "entitlement" in p.outcome})
        for path, file in self._files.items() if len(schemes) > 1 else ():
            outcome = {} if file.procedure is None else file.procedure.outcome
            for name in outcome.get("entitlement", {}).get("excludes", ()):
                if name not in schemes:
                    zh, en = nearest(name, schemes)
                    yield Problem(
                        str(path),
                        "outcome.entitlement.excludes",
                        f"目录中没有补贴 {name}，不会排除任何补贴。{zh}",
                        f"No document is of the scheme {name}: it excludes nothing.{en}",
                        severity="warning",
                    )

    def _precedence(self, entry: tuple[Path, _File]) -> tuple[bool, date, str]:
        """What runs already goes first, so that a newcomer cannot put it out of force."""
        path, file = entry
        procedure = file.procedure
        if procedure is None:
            return True, date.max, str(path)
        runs = self._snapshot.running.get((procedure.id, procedure.version))
        return runs is None or runs.digest != procedure.digest, procedure.effective_from, str(path)


def _reach(region: str) -> int:
    """How many digits of a region's code say something: 6 for a county, 0 for the nation."""
    while region.endswith("00"):
        region = region[:-2]
    return len(region)


def _clash(procedure: Procedure, others: Iterable[Procedure]) -> Problem | None:
    for other in others:
        if other.id != procedure.id:
            continue
        if other.version == procedure.version:
            return Problem(
                "",
                "version",
                f"{procedure.id} 的版本 {procedure.version} 已有另一份文件；请换一个版本号。",
                f"Another file has {procedure.id} version {procedure.version}; choose another.",
            )
        if other.region == procedure.region and _overlap(other, procedure):
            return Problem(
                "",
                "effective",
                f"施行期与版本 {other.version}（{_span(other)}）重叠；请先给前一版本写 to，"
                "或改 from。",
                f"In force at the same time as version {other.version} ({_span(other)}); end one "
                "with `to`, or change `from`.",
            )
    return None


def _overlap(one: Procedure, other: Procedure) -> bool:
    """An open end is ended by the next version's start, so only two stated periods, or two with the
    same start, overlap."""
    first, second = sorted((one, other), key=lambda each: each.effective_from)
    if first.effective_from == second.effective_from:
        return True
    return first.effective_to is not None and first.effective_to >= second.effective_from


def _span(procedure: Procedure) -> str:
    return f"{procedure.effective_from} – {procedure.effective_to or '…'}"
