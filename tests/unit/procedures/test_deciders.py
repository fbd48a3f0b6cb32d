"""A document by which a case could be approved by nobody is refused; where that cannot be told, it
is doubted."""

from __future__ import annotations

import pytest

from shared.procedures.model import Problem
from tests.unit.procedures.services_here import errors, verdict
from tests.unit.procedures.test_officers_documents import BASE

REVIEW = "  - {decide: union_reviews, by: union.reviewer, may: [approve, return], within: 5wd"
CONFER = "  - {decide: union_confers, by: union.secretary, within: 5wd"
KIND = "  - {field: kind, type: choice, required: true, options: [a, b, c]}\n"
DAYS = "  - {field: days, type: integer, required: true}\n"
MADE = "  - {field: made, type: boolean}\n"
UNIT = "  - {field: home, type: region, required: true}\n"


def conditional(form: str, first: str, second: str, rules: str = "") -> str:
    """The nomination with both decisions under a `when`."""
    text = BASE.replace("rules:\n", f"{form}rules:\n{rules}", 1)
    text = text.replace(REVIEW, f"{REVIEW}, when: {{{first}}}", 1)
    return text.replace(CONFER, f"{CONFER}, when: {{{second}}}", 1)


def told(text: str) -> list[Problem]:
    """What is said of the steps: errors and warnings."""
    return [one for one in verdict("nomination", text).problems if one.path.startswith("steps")]


def silent(step: str, text: str) -> str:
    return text.replace(step, f"{step}, silence: continue", 1)


def kind(*values: str) -> str:
    return f"rule: field_in, field: kind, values: [{', '.join(values)}]"


def test_one_decision_that_waits_for_somebody_is_enough() -> None:
    assert errors("nomination", silent(REVIEW, BASE)) == []


def test_decisions_that_a_clock_may_all_take_are_refused() -> None:
    [found] = errors("nomination", silent(CONFER, silent(REVIEW, BASE)))
    assert (found.path, found.line) == ("steps[2].silence", 17)
    assert "approved by nobody" in found.en and "无人决定" in found.zh


def test_a_panel_below_whose_mark_a_case_goes_on_decides_nothing() -> None:
    panel = silent(CONFER, BASE).replace(REVIEW, "  - {panel: union_reviews", 1)
    assert errors("nomination", panel) == []
    panel = panel.replace("{panel: union_reviews", "{panel: union_reviews, below: continue", 1)
    [found] = errors("nomination", panel)
    assert "union_reviews (below: continue), union_confers (silence: continue)" in found.en


@pytest.mark.parametrize(
    ("form", "first", "second", "rules", "example"),
    [
        (KIND, kind("a"), kind("b"), "", "kind: c"),
        (KIND, kind("a"), kind("b"), f"  - {{{kind('a', 'c')}}}\n", "kind: c"),
        (KIND, kind("a"), kind("b"), "  - {rule: field_is_given, field: deeds}\n", "kind: c"),
        (
            DAYS,
            "rule: field_at_least, field: days, minimum: 30",
            "rule: field_at_most, field: days, maximum: 28",
            "",
            "days: 29",
        ),
        (
            MADE + KIND,
            "rule: field_is_true, field: made",
            kind("a", "b"),
            "",
            "made: False, kind: c",
        ),
        (
            "",
            'rule: field_equals, field: region, value: "110000"',
            "rule: field_equals, field: deeds, value: x",
            "",
            "region: 430281, deeds: —",
        ),
    ],
)
def test_a_case_to_which_no_decision_applies_is_named_and_refused(
    form: str, first: str, second: str, rules: str, example: str
) -> None:
    [found] = errors("nomination", conditional(form, first, second, rules))
    assert found.path == "steps[2].when" and found.line
    assert example in found.en and example in found.zh


@pytest.mark.parametrize(
    ("form", "first", "second", "rules"),
    [
        (KIND, kind("a"), kind("b", "c"), ""),
        (KIND, kind("a"), f"not: {{{kind('a')}}}", ""),
        (KIND, kind("a"), kind("b"), f"  - {{{kind('a', 'b')}}}\n"),
        (
            DAYS,
            "rule: field_at_least, field: days, minimum: 30",
            "rule: field_at_most, field: days, maximum: 29",
            "",
        ),
    ],
)
def test_decisions_that_together_cover_every_case_are_accepted(
    form: str, first: str, second: str, rules: str
) -> None:
    assert told(conditional(form, first, second, rules)) == []


def test_decisions_of_which_it_cannot_be_told_are_doubted() -> None:
    first = 'rule: region_is_within, field: home, regions: ["4302"]'
    [found] = told(conditional(UNIT, first, f"not: {{{first}}}"))
    assert found.severity == "warning" and "held, not approved" in found.en


def test_a_silent_step_does_not_stand_in_for_one_that_is_passed_over() -> None:
    [found] = errors(
        "nomination", silent(CONFER, conditional(KIND, kind("a"), kind("a", "b", "c")))
    )
    assert found.path == "steps[0].when" and "(union_reviews)" in found.en
