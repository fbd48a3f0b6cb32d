"""What assessment does with a document (shared/procedures/capabilities.py)."""

from dataclasses import fields
from typing import Any

from services.assessment.scoring.rules import SCORES_LOCKED, StaffingRatios
from services.assessment.sittings.standard import PARTS, SCORED
from shared.procedures.capabilities import (
    ALWAYS,
    OF_EVERY_CASE,
    Capabilities,
    Examination,
    ServiceStep,
)
from shared.procedures.reading.place import Place

ORGANISATION = "organisation.officer"
_STAFFING = tuple(each.name for each in fields(StaffingRatios))


def _pass_mark(place: Place) -> None:
    place.whole(1, 100)


def _largest_roster(place: Place) -> None:
    place.whole(1, 10_000)


def _retake_months(place: Place) -> None:
    place.whole(0, 120)


def _staffing(place: Place) -> None:
    if not place.is_mapping(_STAFFING):
        return
    for name in _STAFFING:
        under: Place | None = place.get(name)
        if under is None:
            continue
        if name.endswith("_odd"):
            under.flag()
        else:
            under.whole(1 if name.startswith("candidates_per") else 0, 1000)


def _parts(place: Place) -> None:
    for one in place.items():
        if one.is_mapping(("part", "zh", "en", "maximum", "minutes", "levels")):
            one.need(
                "part", lambda at: at.one_of(PARTS), "theory、practical 或 review。", "the part."
            )
            one.read("maximum", lambda at: at.whole(100, 100), None)
            one.read("minutes", lambda at: at.whole(1, 1000), None)
            one.read("levels", _levels, None)


def _levels(place: Place) -> tuple[Any, ...]:
    return tuple(one.whole(1, 5) for one in place.items())


CAPABILITIES = Capabilities(
    service="assessment",
    outcomes=("certificates",),
    outcome_needed=True,
    facts={
        **OF_EVERY_CASE,
        **dict.fromkeys(
            (
                "occupation",
                "level",
                "organisation_scope_covers",
                "candidates",
                "candidates_without_condition",
                "candidates_undecided",
                "invigilators",
                "assessors",
                "senior_assessors",
                "supervisors",
                "staffing_complete",
                "staffing_gaps",
                "scores_locked",
                "candidates_passed",
            ),
            ALWAYS,
        ),
    },
    row_facts=frozenset(
        {
            "occupation",
            "level",
            "years_in_occupation",
            "graduation",
            "graduation_related",
            "title_level",
            "title_years",
            "apprenticeship_finished",
            "certificates",
            "applied_on",
            "held_on",
            "region",
            "employer",
            "person_ref",
            "birth_date",
            "sex",
            "condition",
        }
    ),
    settings={
        "pass_mark": _pass_mark,
        "largest_roster": _largest_roster,
        "retake_months": _retake_months,
        "staffing": _staffing,
        "parts": _parts,
    },
    external={
        SCORES_LOCKED: ServiceStep(role=ORGANISATION, answer="locked", level="unit"),
    },
    completed_by={"certificates": SCORES_LOCKED},
    examination=Examination(
        fields={"occupation": "occupation", "level": "level", "held_on": "date"},
        judged=tuple(part for part in PARTS if part in SCORED),
        known_after=SCORES_LOCKED,
    ),
    applicants=(ORGANISATION,),
    fixed_outcome={"certificates": {"number": "national_22", "issued_by": ORGANISATION}},
)
