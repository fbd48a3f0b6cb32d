from datetime import date
from typing import Any

import pytest

from services.subsidy.claims.rules import earlier_claims, insurance_facts

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
