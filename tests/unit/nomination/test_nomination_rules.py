"""Vetoes of departments, and honours that are not given twice for the same."""

from typing import Any

import pytest

from services.nomination.nominations.rules import (
    DepartmentOpinion,
    new_contribution_since_same_honour,
    vetoes_of,
)

HONOUR = {
    "honour_no": "JNDS-420303-2020-001",
    "programme": "skill-master",
    "conferred_on": "2020-03-29",
    "term_ends_on": "2024-03-28",
    "status": "valid",
}


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "honours": [HONOUR],
        "competition_results": [],
        "certificates": [],
        "procedure": "skill-master",
        "applied_on": "2024-06-01",
        **changes,
    }


PLACE = {"title": "车城杯", "held_on": "2023-05-01", "rank": 1}


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({"honours": []}, True),
        ({"honours": [{**HONOUR, "programme": "other"}]}, True),
        ({"honours": [{**HONOUR, "status": "revoked"}]}, True),
        ({}, False),
        ({"competition_results": [PLACE]}, True),
        ({"competition_results": [{**PLACE, "held_on": "2020-03-29"}]}, False),
        ({"certificates": [{"certificate_no": "c", "issued_on": "2021-01-01"}]}, True),
        (
            {"honours": [HONOUR, {**HONOUR, "programme": "other", "conferred_on": "2022-01-01"}]},
            True,
        ),
        ({"competition_results": [PLACE], "applied_on": "2024-03-28"}, False),
        ({"competition_results": [PLACE], "applied_on": "2024-03-29"}, True),
    ],
)
def test_the_same_honour_needs_something_new_and_a_term_that_is_over(
    changes: dict[str, Any], passed: bool
) -> None:
    assert new_contribution_since_same_honour(facts(**changes)).passed is passed


def test_a_field_of_the_form_may_name_the_new_contribution() -> None:
    told = facts(new_deeds="获国家专利 3 项")
    assert new_contribution_since_same_honour(told, field="new_deeds").passed  # type: ignore[arg-type]
    blank = facts(new_deeds="  ")
    assert not new_contribution_since_same_honour(blank, field="new_deeds").passed  # type: ignore[arg-type]


def test_a_refusal_names_the_honour_its_day_and_what_to_do() -> None:
    verdict = new_contribution_since_same_honour(facts())
    assert "2020-03-29" in verdict.zh and "JNDS-420303-2020-001" in verdict.en
    assert verdict.remedy_zh and verdict.remedy_en


def test_an_office_that_opposes_is_a_veto_of_the_kinds_it_names_or_stands_for() -> None:
    opinions = [
        DepartmentOpinion("department.tax", "support", (), "2024-03-20"),
        DepartmentOpinion("department.emergency", "oppose", (), "2024-03-20"),
        DepartmentOpinion(
            "department.human_resources", "oppose", ("insurance_arrears", "no_union"), "2024-03-21"
        ),
        DepartmentOpinion("department.audit", "oppose", (), "2024-03-22"),
    ]
    found = [(each["kind"], each["found_on"]) for each in vetoes_of(opinions)]
    assert found == [
        ("safety_accident", "2024-03-20"),
        ("insurance_arrears", "2024-03-21"),
        ("no_union", "2024-03-21"),
        ("department.audit", "2024-03-22"),
    ]
