"""The shared rules at their boundaries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.procedures import RuleCall, Verdict, shared_rules
from shared.procedures.entries import call
from shared.procedures.months import add_months

RULES = shared_rules()
TODAY = date(2024, 3, 4)
WELDER, FITTER = "6-18-02-04", "6-20-01-01"


def ask(name: str, facts: dict[str, Any], **params: Any) -> Verdict:
    return call(RuleCall(name, params), {"applied_on": TODAY, "scheme": "s", **facts}, RULES)


def passed(name: str, facts: dict[str, Any], **params: Any) -> bool | None:
    return ask(name, facts, **params).passed


@pytest.mark.parametrize("name", RULES.names())
def test_a_rule_without_its_facts_says_which_are_missing(name: str) -> None:
    params = {
        parameter.name: "deeds" if parameter.name == "field" else _any_value(parameter.type)
        for parameter in RULES[name].parameters
        if parameter.required
    }
    verdict = call(RuleCall(name, params), {}, RULES)
    if RULES[name].absence_answers:
        assert verdict.passed is False
    else:
        assert verdict.passed is None
        assert "尚缺" in verdict.zh and "missing" in verdict.en


def _any_value(kind: Any) -> Any:
    return ("4",) if "tuple" in str(kind) else 4


def test_a_late_application_names_the_dates_and_the_last_day() -> None:
    verdict = ask(
        "applied_within_months_of_issue", {"certificate_issued_on": "2023-01-10"}, months=12
    )
    assert verdict.passed is False
    assert (
        verdict.zh
        == "证书签发于 2023-01-10，至申请日 2024-03-04 已超过 12 个月（最迟 2024-01-10）。"
    )
    assert verdict.facts == {
        "certificate_issued_on": "2023-01-10",
        "applied_on": "2024-03-04",
        "last_day": "2024-01-10",
    }
    assert verdict.remedy_zh and verdict.remedy_en


@given(st.dates(date(2020, 1, 1), date(2024, 3, 4)), st.integers(0, 36))
def test_an_application_is_in_time_until_the_last_day(issued: date, months: int) -> None:
    last = add_months(issued, months)
    facts = {"certificate_issued_on": issued}
    rule = "applied_within_months_of_issue"
    assert passed(rule, {**facts, "applied_on": last}, months=months) is True
    assert passed(rule, {**facts, "applied_on": last + timedelta(days=1)}, months=months) is False
    assert passed(rule, {**facts, "applied_on": issued - timedelta(days=1)}, months=months) is False


@pytest.mark.parametrize(("months", "answer"), [(11, False), (12, True), (13, True), ("12", True)])
def test_twelve_months_of_insurance_are_enough(months: Any, answer: bool) -> None:
    assert passed("insured_months_at_least", {"insured_months": months}, months=12) is answer


def test_a_fact_that_cannot_be_read_is_not_known() -> None:
    assert passed("insured_months_at_least", {"insured_months": "many"}, months=12) is None
    assert passed("level_in", {"level": 4.0}, levels=(4,)) is None


@pytest.mark.parametrize(
    ("born", "answer"),
    [
        ("2008-03-04", True),  # sixteen today
        ("2008-03-05", False),
        ("1963-03-05", True),  # sixty until tomorrow
        ("1963-03-04", False),  # sixty-one today
    ],
)
def test_age_counts_full_years_with_both_ends(born: str, answer: bool) -> None:
    facts = {"birth_date": born, "sex": "male"}
    assert passed("age_between", facts, minimum=16, maximum_male=60, maximum_female=55) is answer


def test_a_limit_by_sex_waits_for_the_sex_and_shows_no_birth_date() -> None:
    assert passed("age_between", {"birth_date": "1990-01-01"}, maximum_male=60) is None
    verdict = ask("age_between", {"birth_date": "1990-01-01"}, minimum=16)
    assert verdict.facts == {"applied_on": "2024-03-04", "age": 34}


def grant(**changes: Any) -> dict[str, Any]:
    plain = {"scheme": "s", "occupation": WELDER, "level": 4, "applied_on": "2024-02-01"}
    return {**plain, "certificate_no": "S1", **changes}


MINE = {"occupation": WELDER, "level": 4, "certificate_no": "S2"}


@pytest.mark.parametrize(
    ("grants", "answer"),
    [
        ([], True),
        ([grant()], False),
        ([grant(level="4")], False),
        ([grant(level=5)], True),
        ([grant(occupation=FITTER)], True),
        ([grant(scheme="other")], True),
        ([grant(level=None)], None),
        ([grant(level=None, occupation=FITTER)], True),
        ([grant(level=None), grant()], False),
    ],
)
def test_one_grant_for_an_occupation_and_level(grants: list[Any], answer: bool | None) -> None:
    assert passed("not_granted_before", {**MINE, "previous_grants": grants}) is answer


def test_per_year_counts_calendar_years() -> None:
    facts = {**MINE, "previous_grants": [grant(applied_on="2023-12-31")]}
    assert passed("not_granted_before", facts, per=("person", "year")) is True
    facts = {**MINE, "previous_grants": [grant(applied_on="2024-01-01", occupation=FITTER)]}
    assert passed("not_granted_before", facts, per=("person", "year")) is False


@pytest.mark.parametrize(
    ("dates", "answer"),
    [
        (["2024-01-01", "2024-02-01"], True),
        (["2024-01-01", "2024-02-01", "2024-03-04"], False),
        (["2023-12-31", "2024-01-01", "2024-02-01"], True),
        (["2024-01-01", "2024-02-01", None], None),
    ],
)
def test_the_third_grant_of_a_year_is_the_last(dates: list[Any], answer: bool | None) -> None:
    grants = [grant(applied_on=day) for day in dates]
    assert passed("grants_per_year_at_most", {"previous_grants": grants}, count=3) is answer


@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from([WELDER, FITTER]))
def test_only_a_higher_level_of_the_same_occupation_bars(mine: int, theirs: int, what: str) -> None:
    facts = {"occupation": WELDER, "level": mine}
    facts["previous_grants"] = [grant(level=theirs, occupation=what)]
    barred = what == WELDER and theirs < mine
    assert passed("no_lower_level_after_higher", facts) is (not barred)


def test_a_certificate_is_funded_once_in_any_scheme() -> None:
    rule = "not_funded_for_same_certificate"
    facts = {"certificate_no": "s 2", "previous_grants": [grant(scheme="x", certificate_no="S2")]}
    assert passed(rule, facts) is False
    assert passed(rule, facts, schemes=("y",)) is True
    assert passed(rule, {"certificate_no": "S3", "previous_grants": [grant(certificate_no=None)]})


def held(**changes: Any) -> dict[str, Any]:
    return {
        "occupation": WELDER,
        "level": 4,
        "issued_on": "2020-03-04",
        "status": "valid",
        **changes,
    }


@pytest.mark.parametrize(
    ("certificates", "answer"),
    [
        ([held()], True),  # four years today
        ([held(issued_on="2020-03-05")], False),
        ([held(level=3)], True),
        ([held(level=5)], False),
        ([held(occupation=FITTER)], False),
        ([held(status="revoked")], False),
        ([held(issued_on=None)], None),
        ([held(issued_on=None), held(issued_on="2024-01-01")], None),
        ([held(issued_on=None), held()], True),
        ([held(issued_on="2024-03-05")], False),
        ([held(issued_on="2024-01-01"), held()], True),
        ([], False),
    ],
)
def test_years_since_a_certificate_are_full_on_the_anniversary(
    certificates: list[Any], answer: bool | None
) -> None:
    facts = {"certificates": certificates, "occupation": WELDER}
    assert passed("holds_certificate_at_least", facts, level=4, years=4) is answer


def test_any_occupation_needs_no_occupation() -> None:
    facts = {"certificates": [held(occupation=FITTER, level=2)]}
    assert passed("holds_certificate_at_least", facts, level=2, occupation="any") is True


def result(**changes: Any) -> dict[str, Any]:
    plain = {"title": "赤壁工匠杯", "tier": "city", "occupation": WELDER, "rank": 1}
    return {**plain, "held_on": "2020-03-04", **changes}


@pytest.mark.parametrize(
    ("results", "params", "answer"),
    [
        ([result()], {"rank": 6, "within_months": 48}, True),
        ([result(held_on="2020-03-03")], {"rank": 6, "within_months": 48}, False),
        ([result(rank=6)], {"rank": 6}, True),
        ([result(rank=7)], {"rank": 6}, False),
        ([result(rank=0)], {"rank": 6}, False),
        ([result(tier="base")], {"rank": 6, "tiers": ("city",)}, False),
        ([result(held_on="2024-03-05")], {"rank": 6}, False),
        ([], {"rank": 6}, False),
    ],
)
def test_a_rank_counts_up_to_the_limit_and_the_last_day(
    results: list[Any], params: dict[str, Any], answer: bool
) -> None:
    assert passed("competition_rank_at_most", {"competition_results": results}, **params) is answer


def honour(**changes: Any) -> dict[str, Any]:
    plain = {"honour_no": "H1", "programme": "star", "conferred_on": "2023-03-04"}
    return {**plain, "status": "valid", **changes}


@pytest.mark.parametrize(
    ("honours", "answer"),
    [
        ([honour()], False),  # the last day of twelve months
        ([honour(conferred_on="2023-03-03")], True),
        ([honour(status="revoked")], True),
        ([honour(programme="other")], True),
        ([honour(conferred_on=None)], False),
    ],
)
def test_the_same_honour_is_not_given_twice_in_its_term(honours: list[Any], answer: bool) -> None:
    facts = {"honours": honours, "procedure": "star"}
    assert passed("no_same_honour_before", facts, within_months=12) is answer


def test_an_honour_supports_an_allowance_until_the_last_day_of_its_term() -> None:
    facts = {"honour_no": "H1", "honours": [honour()]}
    params: dict[str, Any] = {"programmes": ("star",), "within_months": 12}
    assert passed("honour_is_valid", facts, **params) is True
    late = {**facts, "applied_on": date(2024, 3, 5)}
    assert passed("honour_is_valid", late, **params) is False
    assert passed("honour_is_valid", {**facts, "honour_no": "H2"}, **params) is False
    assert passed("honour_is_valid", {**facts, "honours": []}, **params) is False


@pytest.mark.parametrize(
    ("vetoes", "answer"),
    [
        ([], True),
        ([{"kind": "safety_accident", "found_on": "2021-03-04"}], False),
        ([{"kind": "safety_accident", "found_on": "2021-03-03"}], True),
        ([{"kind": "wage_arrears"}], False),
    ],
)
def test_a_barring_record_counts_for_three_years(vetoes: list[Any], answer: bool) -> None:
    assert passed("employer_has_no_veto", {"employer_vetoes": vetoes}, within_months=36) is answer


@pytest.mark.parametrize(
    ("kind", "found_on", "answer"),
    [
        ("safety_accident", "2021-03-04", False),
        ("safety_accident", "2021-03-03", True),
        ("safety_accident", None, False),
        ("wage_arrears", "2015-01-01", False),
        ("department.audit", "2015-01-01", False),
    ],
)
def test_only_the_kinds_that_lapse_lapse(kind: str, found_on: str | None, answer: bool) -> None:
    facts = {"employer_vetoes": [{"kind": kind, "found_on": found_on}]}
    params = {"within_months": 36, "lapsing": ("safety_accident", "mass_incident")}
    assert passed("employer_has_no_veto", facts, **params) is answer


@pytest.mark.parametrize(
    ("value", "wanted", "answer"),
    [
        ("5", 5, True),
        (5, "5", True),
        (True, True, True),
        (True, "true", True),
        (1, True, False),
        (0, False, False),
        ("a", "b", False),
    ],
)
def test_answers_are_compared_as_they_are_written(value: Any, wanted: Any, answer: bool) -> None:
    assert passed("field_equals", {"x": value}, field="x", value=wanted) is answer


@pytest.mark.parametrize(
    ("value", "answer"),
    [(10, True), (20, True), (9, False), (21, False), ("10.5", True), ("x", None)],
)
def test_a_range_includes_both_ends(value: Any, answer: bool | None) -> None:
    assert passed("number_between", {"x": value}, field="x", minimum=10, maximum=20) is answer


def test_presence_is_answered_where_nothing_is_there() -> None:
    assert passed("field_is_given", {}, field="x") is False
    assert passed("field_is_given", {"x": 0}, field="x") is True
    assert passed("has_evidence", {"x": ["a"]}, field="x", count=2) is False
    assert passed("has_evidence", {"x": "a"}, field="x") is True


@pytest.mark.parametrize(
    ("code", "regions", "answer"),
    [
        ("421281", ("42",), True),
        ("421281", ("421200",), True),
        ("421281", ("420303", "4212"), True),
        ("420303", ("4212",), False),
    ],
)
def test_a_region_covers_what_lies_in_it(code: str, regions: Any, answer: bool) -> None:
    assert passed("region_is_within", {"region": code}, regions=regions) is answer


def test_graduation_and_titles_rank() -> None:
    facts = {"graduation": "college", "graduation_related": True}
    assert passed("graduated_at_least", facts, level="senior_technical") is True
    assert passed("graduated_at_least", facts, level="university") is False
    assert passed("graduated_at_least", {"graduation": "college"}, level="college") is None
    assert passed("graduated_at_least", {"graduation": "none"}, level="college") is False
    assert passed("graduated_from", facts, kinds=(facts["graduation"],)) is True
    assert passed("graduated_from", facts, kinds=("vocational",)) is False
    assert passed("graduated_from", {"graduation": "college"}, kinds=("college",)) is None
    assert passed("graduated_from", {"graduation": "college"}, kinds=("vocational",)) is False
    assert (
        passed("holds_title_at_least", {"title_level": "senior"}, level="junior", years=1) is None
    )
    assert passed("holds_title_at_least", {"title_level": "none"}, level="junior", years=1) is False


def test_an_occupation_may_be_named_by_its_group() -> None:
    assert passed("occupation_in", {"occupation": WELDER}, occupations=("6-18",)) is True
    assert passed("occupation_in", {"occupation": FITTER}, occupations=("6-18", "6-2")) is False


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ("2021-03-04", True),
        ("2021-03-05", False),
        ("2024-03-05", False),
        ("2999-01-01", False),
        ("x", None),
    ],
)
def test_a_day_is_long_enough_ago_on_the_corresponding_day_and_never_in_the_future(
    day: str, answer: bool | None
) -> None:
    verdict = ask("date_at_least_months_ago", {"joined_on": day}, field="joined_on", months=36)
    assert verdict.passed is answer
    assert answer is not False or (verdict.remedy_zh and verdict.remedy_en)


def test_a_period_longer_than_the_calendar_is_no_accident() -> None:
    facts = {"joined_on": "2020-01-01"}
    assert passed("date_within_months", facts, field="joined_on", months=10**9) is True
    assert passed("date_at_least_months_ago", facts, field="joined_on", months=10**9) is False
