from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.scoring.rules import (
    InvalidScore,
    Marks,
    StaffingRatios,
    check_staffing,
    counted_twice,
    format_score,
    is_passed,
    parse_score,
)

tenths = st.integers(0, 1000)


@given(tenths)
def test_a_score_survives_being_shown_and_read(score: int) -> None:
    assert parse_score(format_score(score), field="theory") == score


@given(tenths)
def test_a_spreadsheet_number_is_read_exactly(score: int) -> None:
    assert parse_score(score / 10, field="theory") == score


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_what_is_not_a_tenth_between_0_and_100_is_refused(value: Decimal) -> None:
    try:
        score = parse_score(str(value), field="theory")
    except InvalidScore:
        return
    assert score is not None and Decimal(score) / 10 == value and 0 <= value <= 100


@pytest.mark.parametrize(
    "value", ["", "87.55", "-1", "100.1", "八十", "1e9999999", "NaN", True, None, [], "inf"]
)
def test_a_bad_score_is_refused_with_its_field_and_row(value: object) -> None:
    with pytest.raises(InvalidScore) as refused:
        parse_score(value, field="practical", row=7)
    assert (refused.value.field, refused.value.row) == ("practical", 7)


@pytest.mark.parametrize("value", ["缺考", "absent", " Absent "])
def test_an_absent_candidate_has_no_score(value: str) -> None:
    assert parse_score(value, field="theory") is None


@given(st.one_of(st.none(), tenths), st.one_of(st.none(), tenths), st.integers(1, 1000))
def test_each_part_has_to_reach_the_pass_mark(
    theory: int | None, practical: int | None, mark: int
) -> None:
    passed = is_passed(Marks(theory, practical), mark)
    assert passed == (min(theory or -1, practical or -1) >= mark)


def test_59_9_in_one_part_fails_whatever_the_other() -> None:
    assert not is_passed(Marks(599, 1000), 600)
    assert is_passed(Marks(600, 600), 600)


@given(st.integers(1, 500))
def test_the_numbers_needed_are_enough_for_the_ratio(candidates: int) -> None:
    ratios = StaffingRatios()
    assert ratios.invigilators_needed(candidates) * 15 >= candidates
    assert ratios.invigilators_needed(candidates) >= 2
    assert ratios.assessors_needed(candidates) * 5 >= candidates
    assert ratios.assessors_needed(candidates) % 2 == 1


def test_forty_candidates_need_three_invigilators_and_nine_assessors() -> None:
    duties = ["invigilator"] * 3 + ["assessor"] * 9 + ["supervisor"]
    assert all(each.passed for each in check_staffing(40, "4", duties, StaffingRatios()))
    short = check_staffing(40, "4", duties[1:-2], StaffingRatios())
    assert [each.rule for each in short if not each.passed] == [
        "invigilators_enough",
        "assessors_enough",
        "supervisor_present",
    ]


def test_levels_two_and_one_need_senior_assessors() -> None:
    duties = ["invigilator"] * 2 + ["assessor"] * 2 + ["senior_assessor", "supervisor"]
    failed = [
        each.rule for each in check_staffing(5, "2", duties, StaffingRatios()) if not each.passed
    ]
    assert failed == ["assessors_senior"]


@pytest.mark.parametrize(
    ("people", "place"),
    [
        ([("assessor", "a"), ("assessor", "b"), ("assessor", "c")], None),
        ([("assessor", "a"), ("assessor", "b"), ("assessor", "a")], 2),
        ([("assessor", "a"), ("senior_assessor", "a")], 1),
        ([("invigilator", "a"), ("assessor", "a")], None),
        ([("assessor", None), ("assessor", None)], None),
    ],
)
def test_one_person_does_not_make_up_two_of_a_ratio(
    people: list[tuple[str, str | None]], place: int | None
) -> None:
    assert counted_twice(people) == place


@pytest.mark.parametrize(
    ("written", "tenths"), [("６０", 600), (" 59.9 ", 599), ("60", 600), ("１００．０", 1000)]
)
def test_a_score_may_be_typed_full_width(written: str, tenths: int) -> None:
    assert parse_score(written, field="theory") == tenths
