from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.claims.rules import earlier_claims, insurance_facts
from shared.kernel.clock import shanghai_date
from shared.procedures import shared_rules

MARCH, ISSUED = date(2024, 3, 1), date(2024, 2, 29)


def test_months_count_to_the_month_of_application() -> None:
    months = ["2023-12", "2024-01", "2024-01", "2024-02", "2024-03", "2024-04"]
    found = insurance_facts({"contributed_months": months, "benefit_months": []}, MARCH, ISSUED)
    assert found["insured_months"] == 4
    assert (found["insured_in_issue_month"], found["drew_benefit_in_issue_month"]) == (True, False)
    assert found["draws_unemployment_benefit"] is False


@pytest.mark.parametrize("record", [{}, {"contributed_months": None}, {"benefit_months": "2024"}])
def test_what_the_registry_does_not_answer_is_not_known(record: dict[str, Any]) -> None:
    assert insurance_facts(record, MARCH, ISSUED) == {}


def test_benefit_counts_in_the_month_of_application_only() -> None:
    for months, drawing in ((["2024-03"], True), (["2024-02"], False), ([], False)):
        found = insurance_facts({"benefit_months": months}, MARCH, None)
        assert found == {"draws_unemployment_benefit": drawing}


def test_of_two_claims_under_way_the_one_submitted_first_goes_on() -> None:
    first = {"case_id": "CLM-1", "submitted": ("2024-03-04T01:00:00+00:00", "CLM-1")}
    assert earlier_claims([first], ("2024-03-04T01:00:00+00:00", "CLM-2")) == [{"case_id": "CLM-1"}]
    assert earlier_claims([first], ("2024-03-03T01:00:00+00:00", "CLM-2")) == []
    assert earlier_claims([first], None) == [{"case_id": "CLM-1"}]


NEW_YEAR = datetime(2024, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai
MOMENTS = st.integers(-4000, 4000).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))


def claim_of(number: int, submitted: datetime) -> dict[str, Any]:
    """As it stands in the facts, under way or granted: the same."""
    return {
        "scheme": "s",
        "applied_on": shanghai_date(submitted).isoformat(),
        "submitted": (submitted.isoformat(), f"CLM-{number}"),
    }


@given(own=MOMENTS, others=st.lists(MOMENTS, max_size=6), looked_at=st.integers(0, 6))
def test_a_yearly_limit_is_answered_alike_at_submission_and_whenever_it_is_asked_again(
    own: datetime, others: list[datetime], looked_at: int
) -> None:
    """At any later moment more claims are there; those submitted after this one change nothing."""
    mine = (own.isoformat(), "CLM-own")
    claims = [claim_of(number, at) for number, at in enumerate(others)]
    known_then = [each for each in claims if each["submitted"] < mine]
    later = known_then + [each for each in claims if each["submitted"] >= mine][:looked_at]

    def limited(known: list[dict[str, Any]]) -> Any:
        facts = {
            "previous_grants": earlier_claims(known, mine),
            "applied_on": shanghai_date(own),
            "scheme": "s",
        }
        return shared_rules()["grants_per_year_at_most"].check(facts, count=3)

    assert limited(known_then) == limited(later)
    year = shanghai_date(own).year
    counted = sum(shanghai_date(at).year == year for at in others if at <= own)  # by number
    assert limited(later).passed is (counted < 3)
