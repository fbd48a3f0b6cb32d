"""What the shipped schemes say on their days, against domain A5.1."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import services.subsidy
from shared.procedures import Catalogue, evaluate, shared_rules

RULES = shared_rules()
CATALOGUE = Catalogue([Path(str(services.subsidy.__file__)).with_name("catalogue")], RULES)
CHIBI, CHANGSHA = "421281", "430100"
WELDER, FITTER = "6-18-02-04", "6-20-01-01"
CHAIN, DIRECT = "skill-upgrade-subsidy", "skill-upgrade-subsidy-direct"


def grant(day: str, occupation: str = FITTER, level: int = 5) -> dict[str, Any]:
    return {
        "scheme": CHAIN,
        "occupation": occupation,
        "level": level,
        "certificate_no": f"S0000420000012{day[2:4]}{level}00{len(occupation)}0{day[5:7]}",
        "applied_on": day,
    }


def passed(on: str, region: str = CHIBI, which: str = CHAIN, **changes: Any) -> dict[str, Any]:
    day = date.fromisoformat(on)
    procedure = CATALOGUE.in_force(which, day, region)
    facts: Mapping[str, Any] = {
        "applied_on": day,
        "certificate_status": "valid",
        "certificate_no": "S000042000001244000001",
        "certificate_issued_on": day,
        "occupation": WELDER,
        "level": 4,
        "insured_months": 36,
        "draws_unemployment_benefit": False,
        "employment_status": "employed",
        "previous_grants": [],
        **changes,
    }
    return {one.rule: one.passed for one in evaluate(procedure, facts, RULES) if not one.passed}


@pytest.mark.parametrize("on", ["2018-05-02", "2020-05-02", "2022-05-02", "2024-05-02"])
@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("employed", {}),
        ("unemployed", {}),
        ("student", {"employment_status_in": False}),
        ("institution_staff", {"employment_status_in": False}),
        ("retired", {"employment_status_in": False}),
        (None, {"employment_status_in": None}),
    ],
)
def test_students_and_institution_staff_are_not_in_scope(
    on: str, status: str | None, answer: dict[str, Any]
) -> None:
    assert passed(on, employment_status=status) == answer
    if on >= "2023":
        assert passed(on, which=DIRECT, employment_status=status) == answer


@pytest.mark.parametrize(
    ("on", "months", "drawing", "answer"),
    [
        ("2018-12-31", 35, True, {"insured_months_at_least": False}),
        ("2018-12-31", 36, False, {}),
        ("2019-01-01", 12, False, {}),
        ("2021-12-31", 0, True, {"insured_months_at_least": False}),
        ("2022-01-01", 0, True, {}),
        ("2022-01-01", 11, False, {"any": False}),
        ("2025-01-01", 0, True, {}),
        ("2025-01-01", 11, None, {"any": None}),
    ],
)
def test_who_draws_benefit_is_in_scope_from_2022(
    on: str, months: int, drawing: bool | None, answer: dict[str, Any]
) -> None:
    for region in (CHIBI, CHANGSHA):
        found = passed(on, region, insured_months=months, draws_unemployment_benefit=drawing)
        assert found == answer


@pytest.mark.parametrize(("granted", "most"), [(0, {}), (2, {}), (3, False)])
@pytest.mark.parametrize("region", [CHIBI, CHANGSHA])
def test_three_a_year_from_2022_to_2024(granted: int, most: Any, region: str) -> None:
    earlier = [grant(f"2024-0{month}-01", f"6-20-01-0{month}") for month in range(1, granted + 1)]
    answer = {"grants_per_year_at_most": False} if most is False else {}
    assert passed("2024-12-31", region, previous_grants=earlier) == answer


@pytest.mark.parametrize(
    ("granted", "shortage", "answer"),
    [
        (0, None, {}),
        (1, False, {"any": False}),
        (1, True, {}),
        (1, None, {"any": None}),
        (2, True, {}),
        (3, True, {"any": False}),
        (3, None, {"any": False}),
    ],
)
@pytest.mark.parametrize(("which", "region"), [(CHAIN, CHIBI), (DIRECT, CHIBI), (CHAIN, CHANGSHA)])
def test_one_a_year_and_two_more_for_shortage_from_2025(
    which: str, region: str, granted: int, shortage: bool | None, answer: dict[str, Any]
) -> None:
    earlier = [grant(f"2025-0{month}-01", f"6-20-01-0{month}") for month in range(1, granted + 1)]
    last_year = [grant("2024-12-31", "6-29-01-01")]
    found = passed(
        "2025-12-31",
        region,
        which,
        previous_grants=earlier + last_year,
        shortage_occupation=shortage,
    )
    assert found == answer


@pytest.mark.parametrize("on", ["2018-05-02", "2020-05-02", "2022-05-02", "2024-05-02"])
def test_no_lower_level_after_a_higher_one_whatever_the_version(on: str) -> None:
    earlier = [grant("2017-12-31", WELDER, 3)]
    assert passed(on, previous_grants=earlier) == {"no_lower_level_after_higher": False}
    assert passed(on, previous_grants=earlier, level=3) == {"not_granted_before": False}
    assert passed(on, previous_grants=[grant("2017-12-31", FITTER, 3)]) == {}


@pytest.mark.parametrize(
    ("issued", "on", "answer"),
    [
        ("2024-02-29", "2025-02-28", {}),
        ("2024-02-29", "2025-03-01", {"applied_within_months_of_issue": False}),
        ("2023-02-28", "2024-02-28", {}),
        ("2023-02-28", "2024-02-29", {"applied_within_months_of_issue": False}),
        ("2023-12-31", "2024-12-31", {}),
        ("2024-05-02", "2024-05-01", {"applied_within_months_of_issue": False}),
        (None, "2024-05-01", {"applied_within_months_of_issue": None}),
    ],
)
def test_the_corresponding_day_of_the_twelfth_month_is_the_last(
    issued: str | None, on: str, answer: dict[str, Any]
) -> None:
    assert passed(on, certificate_issued_on=issued) == answer


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("S000044000001244000001", {}),
        ("s000044000001244000001", {}),
        ("Y000044000001244000001", {"certificate_issued_by": False}),
        ("2444000000123456", {"certificate_issued_by": False}),
    ],
)
def test_guangdong_pays_for_certificates_of_third_party_organisations(
    number: str, answer: dict[str, Any]
) -> None:
    found = passed(
        "2024-03-04",
        "440300",
        "training-subsidy",
        certificate_no=number,
        birth_date="1990-01-01",
        sex="male",
        household_region="440300",
    )
    assert found == answer


@pytest.mark.parametrize(
    ("sex", "born", "allowed"),
    [
        ("male", "2008-03-04", True),
        ("male", "2008-03-05", False),
        ("male", "1964-03-04", True),
        ("male", "1963-03-04", False),
        ("female", "1969-03-04", True),
        ("female", "1968-03-04", False),
        (None, "1990-01-01", None),
        ("male", "2030-01-01", False),
    ],
)
def test_guangdongs_ages(sex: str | None, born: str, allowed: bool | None) -> None:
    found = passed(
        "2024-03-04", "440300", "training-subsidy", birth_date=born, sex=sex, insured_place="440300"
    )
    assert found == ({} if allowed else {"age_between": allowed})
