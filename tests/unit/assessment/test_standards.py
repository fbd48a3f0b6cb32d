from pathlib import Path

import pytest

import services.assessment
from services.assessment.sittings.document_rules import rules
from services.assessment.sittings.errors import PartNotScored
from services.assessment.sittings.standard import Standard
from shared.procedures import Procedure, RuleBook, blocking, evaluate, shared_rules

CATALOGUE = Path(str(services.assessment.__file__)).with_name("catalogue")
BOOK = RuleBook(shared_rules(), rules)
WELDER = (CATALOGUE / "welder-assessment.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [WELDER, WELDER.split("settings:")[0]])
def test_levels_two_and_one_are_not_passed_without_their_review(text: str) -> None:
    """domain A1: 5/4/3 theory and practical; 2/1 a review too."""
    standard = Standard.of(Procedure.parse(text, BOOK))
    for level in ("5", "4", "3"):
        standard.ensure_scored(level)
    for level in ("2", "1"):
        with pytest.raises(PartNotScored):
            standard.ensure_scored(level)


def test_the_pass_mark_and_the_ratios_are_those_of_the_field() -> None:
    standard = Standard.of(Procedure.parse(WELDER.split("settings:")[0], BOOK))
    assert standard.pass_mark_tenths == 600
    assert [standard.staffing.invigilators_needed(n) for n in (1, 15, 30, 31, 45, 46)] == [
        2, 2, 2, 3, 3, 4,
    ]  # fmt: skip
    assert [standard.staffing.assessors_needed(n) for n in (1, 15, 16, 25, 26, 40)] == [
        3, 3, 5, 5, 7, 9,
    ]  # fmt: skip


def test_a_roster_with_somebody_who_meets_no_condition_is_not_submitted() -> None:
    """No step of the chain may reject, so none would stop it later."""
    procedure = Procedure.parse(WELDER, BOOK)
    facts = {"occupation": "6-18-02-04", "candidates": 3, "candidates_undecided": []}
    for without, stops in (([2], ["every_candidate_meets_a_condition"]), ([], [])):
        found = evaluate(procedure, {**facts, "candidates_without_condition": without}, BOOK)
        assert [one.rule for one in blocking(found)] == stops
