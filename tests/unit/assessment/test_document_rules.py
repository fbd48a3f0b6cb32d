from typing import Any

import pytest

from services.assessment.sittings.document_rules import every_candidate_meets_a_condition


@pytest.mark.parametrize(
    ("without", "undecided", "passed"),
    [([], [], True), ([2], [], False), ([], [3], None), ([2], [3], False)],
)
def test_a_candidate_of_whom_it_is_not_known_is_not_passed(
    without: list[int], undecided: list[int], passed: bool | None
) -> None:
    facts: dict[str, Any] = {
        "candidates": 9,
        "candidates_without_condition": without,
        "candidates_undecided": undecided,
    }
    found = every_candidate_meets_a_condition(facts)
    assert found.passed is passed
    assert all(str(number) in found.zh for number in without or undecided)
