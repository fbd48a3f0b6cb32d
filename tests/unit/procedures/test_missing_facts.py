"""What is not known never lets pass what, once known, would not."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from services.assessment.sittings.document_rules import rules as assessment_rules
from services.nomination.nominations.rules import rules as nomination_rules
from shared.procedures import Catalogue, Procedure, RuleBook, evaluate, shared_rules

RULES = RuleBook(shared_rules(), nomination_rules, assessment_rules)
SERVICES = Path(__file__).parents[3] / "services"
WELDER, FITTER = "6-18-02-04", "6-20-01-01"
DAYS = st.dates(date(2018, 1, 1), date(2026, 12, 31))
LEVELS, OCCUPATIONS = st.integers(1, 5), st.sampled_from([WELDER, FITTER])
REGIONS = st.sampled_from(["421281", "420303", "440300"])
NUMBERS = st.sampled_from(["S000042000001244000001", "Y000042000001244000001"])
CERTIFICATES = st.fixed_dictionaries(
    {"occupation": OCCUPATIONS, "level": LEVELS, "issued_on": DAYS, "status": st.just("valid")}
)
GRANTS = st.fixed_dictionaries(
    {
        "scheme": st.sampled_from(["skill-upgrade-subsidy", "training-subsidy"]),
        "occupation": OCCUPATIONS,
        "level": LEVELS,
        "certificate_no": NUMBERS,
        "applied_on": DAYS,
    }
)
KNOWN = {
    "applied_on": DAYS,
    "region": REGIONS,
    "household_region": REGIONS,
    "insured_place": REGIONS,
    "post": st.sampled_from(["front_line", "manager"]),
    "birth_date": st.dates(date(1950, 1, 1), date(2015, 1, 1)),
    "sex": st.sampled_from(["male", "female"]),
    "level": LEVELS,
    "occupation": OCCUPATIONS,
    "certificate_status": st.sampled_from(["valid", "revoked", "other_holder"]),
    "certificate_no": NUMBERS,
    "certificate_issued_on": DAYS,
    "certificates": st.lists(CERTIFICATES, max_size=2),
    "insured_months": st.integers(0, 40),
    "draws_unemployment_benefit": st.booleans(),
    "employment_status": st.sampled_from(["employed", "unemployed", "student", "retired"]),
    "previous_grants": st.lists(GRANTS, max_size=4),
    "shortage_occupation": st.booleans(),
    "employer_vetoes": st.lists(
        st.fixed_dictionaries(
            {"kind": st.sampled_from(["safety_accident", "wage_arrears"]), "found_on": DAYS}
        ),
        max_size=2,
    ),
    "competition_results": st.lists(
        st.fixed_dictionaries({"rank": st.integers(1, 9), "held_on": DAYS, "title": st.just("t")}),
        max_size=2,
    ),
    "honours": st.just([]),
    "years_in_occupation": st.integers(0, 12),
    "graduation": st.sampled_from(["none", "vocational", "senior_technical", "college"]),
    "graduation_related": st.booleans(),
    "title_level": st.sampled_from(["none", "junior", "intermediate", "senior"]),
    "title_years": st.integers(0, 6),
    "training_ended_on": DAYS,
    "attendance_percent": st.integers(70, 90),
    "candidates_without_condition": st.lists(st.integers(1, 9), max_size=1),
    "staffing_complete": st.booleans(),
    "organisation_scope_covers": st.booleans(),
}
NAMES = sorted(KNOWN)


@cache
def documents() -> list[Procedure]:
    return Catalogue(sorted(SERVICES.glob("*/catalogue")), RULES).all()


@given(
    st.integers(0, 99),
    st.fixed_dictionaries(KNOWN),
    st.sets(st.sampled_from(NAMES), min_size=1, max_size=4),
)
def test_a_fact_that_is_missing_never_makes_a_rule_pass(
    number: int, facts: dict[str, Any], gone: set[str]
) -> None:
    procedure = documents()[number % len(documents())]
    fewer = {name: value for name, value in facts.items() if name not in gone}
    entries = [*procedure.rules, *procedure.row_rules]
    assume(entries)
    for entry in entries:
        whole = evaluate(procedure, facts, RULES, [entry])
        part = evaluate(procedure, fewer, RULES, [entry])
        if whole and whole[0].passed is not True:
            assert part and part[0].passed is not True, (procedure.version, gone, part)
        if whole and whole[0].passed is True and part:
            assert part[0].passed is not False, (procedure.version, gone, part)
