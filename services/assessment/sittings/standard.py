"""What a procedure's document says about its examination: pass mark, staffing, size. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from services.assessment.scoring.rules import StaffingRatios, parse_score
from services.assessment.sittings.errors import PartNotScored
from shared.procedures import Procedure

SCORED = frozenset({"theory", "practical"})
PARTS = ("theory", "practical", "review")
# domain A1: levels two and one have a review (综合评审) beside the two parts
_USUAL = ({"part": "review", "levels": ("2", "1")},)


@dataclass(frozen=True, slots=True)
class Standard:
    """`pass_mark_tenths` holds for each part on its own."""

    pass_mark_tenths: int
    staffing: StaffingRatios
    largest_roster: int
    retake_months: int = 0  # how long a passed part counts when the other is taken again
    not_scored: frozenset[str] = frozenset()  # levels with a part for which no score can be entered

    @classmethod
    def of(cls, procedure: Procedure) -> Self:
        """From the document's `settings`; what it leaves out is as in domain A1."""
        settings: Mapping[str, Any] = procedure.settings
        mark = parse_score(settings.get("pass_mark", 60), field="settings.pass_mark")
        known = {each.name for each in fields(StaffingRatios)}
        given = {
            key: value for key, value in (settings.get("staffing") or {}).items() if key in known
        }
        return cls(
            pass_mark_tenths=600 if mark is None else mark,
            staffing=StaffingRatios(**given),
            largest_roster=int(settings.get("largest_roster", 200)),
            retake_months=int(settings.get("retake_months", 0)),
            not_scored=_not_scored(settings.get("parts")),
        )

    def ensure_scored(self, level: str) -> None:
        """Nobody passes on a part that was not scored. Raises PartNotScored."""
        if level in self.not_scored:
            raise PartNotScored(field="level", level=level)


def _not_scored(parts: Any) -> frozenset[str]:
    written = [each for each in parts if isinstance(each, Mapping)] if parts else _USUAL
    return frozenset(
        str(level)
        for part in written
        if part.get("part") not in SCORED
        for level in _levels(part.get("levels"))
    )


def _levels(written: Any) -> Sequence[Any]:
    """A single level counts as a list of one; left out, the part is for all."""
    if not written:
        return ("5", "4", "3", "2", "1")
    return written if isinstance(written, list | tuple) else (written,)
