from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.approvals.judging import Opinion, judge
from shared.procedures import meeting_result, panel_result, quota_findings
from shared.procedures.tallies import shown_mean
from tests.unit.procedures.documents import only_error, step


def meeting(**written: Any) -> Any:
    return step(meeting="m", by="union.leader", **written).settings


@pytest.mark.parametrize(
    ("present", "votes", "quorate", "passed"),
    [
        (5, 5, False, False),
        (6, 3, True, False),
        (6, 4, True, True),
        (9, 4, True, False),
        (9, 5, True, True),
    ],
)
def test_two_thirds_make_a_quorum_and_more_than_half_of_those_present_pass(
    present: int, votes: int, quorate: bool, passed: bool
) -> None:
    found = meeting_result(meeting(members=9), present=present, votes_for=votes)
    assert (found.quorate, found.passed) == (quorate, passed)


def test_a_majority_may_be_of_all_members_or_at_least_a_share() -> None:
    of_members = meeting(members=9, majority="1/2 of members")
    assert not meeting_result(of_members, present=6, votes_for=4).passed
    assert meeting_result(of_members, present=6, votes_for=5).passed
    two_thirds = meeting(members=9, majority="2/3")
    assert meeting_result(two_thirds, present=9, votes_for=6).passed
    assert not meeting_result(two_thirds, present=9, votes_for=5).passed


def test_figures_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError):
        meeting_result(meeting(members=9), present=10, votes_for=1)
    with pytest.raises(ValueError):
        meeting_result(meeting(members=9), present=6, votes_for=7)


def test_the_mean_of_the_experts_passes_at_the_mark() -> None:
    settings = step(panel="p", experts=3, pass_mark=80).settings
    assert panel_result(settings, [80, 80]).passed is None
    assert panel_result(settings, [79, 80, 81]).passed is True
    found = panel_result(settings, ["79.9", 80, 80])
    assert found.passed is False and found.mean == Fraction(2399, 30)
    with pytest.raises(ValueError):
        panel_result(settings, [101])


def test_a_mean_just_below_the_mark_is_not_shown_as_the_mark() -> None:
    settings = step(panel="p", experts=3, pass_mark=70).settings
    scores = ["69.99", "69.99", "70.01"]  # 69.9966…
    found = panel_result(settings, scores)
    assert (found.passed, shown_mean(found.mean)) == (False, "69.99")
    assert "69.99" in found.says.zh
    judged = judge(step(panel="p", experts=3, pass_mark=70), _scored(scores), 3)
    assert judged is not None and judged.outcome == "score 69.99"
    assert shown_mean(Fraction(70)) == "70.00"


def _scored(scores: list[str]) -> list[Opinion]:
    return [Opinion(f"expert:{n}", "score", "", {"score": each}) for n, each in enumerate(scores)]


@pytest.mark.parametrize(
    "score", ["85/2", "1/0", "1e999999999", "-1", "+85", "8_5", "nan", "", "100.01", True]
)
def test_a_score_is_digits_with_a_point_and_nothing_else(score: Any) -> None:
    settings = step(panel="p", experts=3, pass_mark=80).settings
    with pytest.raises(ValueError):
        panel_result(settings, [score])


@given(st.integers(0, 100), st.integers(0, 300), st.integers(0, 300))
def test_a_minimum_is_rounded_up_and_a_maximum_down(
    percent: int, inside: int, outside: int
) -> None:
    people = [{"groups": ["g"]}] * inside + [{"groups": []}] * outside
    quotas = [{"group": "g", "op": op, "percent": percent} for op in (">=", "<=")]
    least, most = quota_findings(quotas, people)
    exact = Fraction(percent * len(people), 100)
    assert (least.limit, most.limit) == (ceil(exact), floor(exact))
    assert least.passed is (inside >= exact)
    assert most.passed is (inside <= exact)


def test_hubei_2020_in_one_go() -> None:
    """domain A6: 一线及专业技术 ≥65, 企业负责人 ≤10 of 200 medals."""
    people = [{"groups": ["front"]}] * 130 + [{"groups": ["head"]}] * 21 + [{"groups": []}] * 49
    found = quota_findings(
        [
            {"group": "front", "op": "at_least", "percent": 65},
            {"group": "head", "op": "<=", "percent": 10},
        ],
        people,
    )
    assert [(one.passed, one.count, one.limit) for one in found] == [
        (True, 130, 130),
        (False, 21, 20),
    ]


def test_a_quota_that_cannot_be_is_refused() -> None:
    for percent in (101, -1, 12.5, True):
        with pytest.raises(ValueError):
            quota_findings([{"group": "g", "op": ">=", "percent": percent}], [])


def test_a_trimmed_mean_leaves_out_one_highest_and_one_lowest_score() -> None:
    settings = step(panel="p", experts=4, combine="trimmed_mean").settings
    result = panel_result(settings, [10, 60, 61, 100])
    assert (result.passed, result.mean) == (True, Fraction(121, 2))
    assert "去掉最高分和最低分" in result.says.zh and "trimmed" in result.says.en
    assert panel_result(settings, [100, 100]).passed is None
    tied = panel_result(settings, [50, 50, 100, 100])
    assert tied.mean == 75


def test_a_trimmed_mean_needs_four_experts() -> None:
    error = only_error(steps=[{"panel": "p", "experts": 3, "combine": "trimmed_mean"}])
    assert error.path == "steps[0]" and "at least 4 experts" in error.en
