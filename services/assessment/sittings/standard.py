"""What a procedure's document says about its examination: pass mark, staffing, size. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from services.assessment.scoring.rules import StaffingRatios, parse_score
from shared.procedures import Procedure


@dataclass(frozen=True, slots=True)
class Standard:
    """`pass_mark_tenths` holds for each part on its own."""

    pass_mark_tenths: int
    staffing: StaffingRatios
    largest_roster: int

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
        )
