"""What a document is refused for, what it may leave out, and in which words."""

from __future__ import annotations

import copy
import random
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.procedures import DocumentProblems, Procedure, shared_rules
from shared.procedures.reading import read_document
from tests.unit.procedures.documents import SMALL, made, only_error, read, step, text_of

RULES = shared_rules()
AUDIT = {"decide": "audit", "by": "bureau.officer"}


def test_a_document_is_made_again_from_its_text() -> None:
    procedure = made()
    assert Procedure.parse(procedure.source_text) == procedure
    assert len(procedure.digest) == 64
    assert (procedure.region, procedure.effective_from) == ("421200", date(2024, 1, 1))


def test_all_problems_are_said_at_once_with_their_lines() -> None:
    text = """\
id: Star
title: 之星
region: "4212"
effective: {from: 2024-02-30}
steps:
  - {decide: audit, by: bureau.officer, within: 5d}
  - {notice: results, length: 5wd, lenght: 5wd}
  - {opinions: ask, offices: [Bad Role]}
rules:
  - {rule: insured_month_at_least, months: 12}
  - {rule: insured_months_at_least, months: 12.5, moths: 1}
amount: {by: level, fen: {5: -1}}
outcome: {entitlement: {}}
"""
    errors = read_document(text, RULES, "star.yaml").errors
    found = {(one.line, one.path) for one in errors}
    assert (1, "id") in found
    assert (4, "effective") in {(line, path.split(".")[0]) for line, path in found}
    assert (6, "steps[0].within") in found
    assert (7, "steps[1].lenght") in found
    assert (8, "steps[2].offices[0]") in found
    assert (10, "rules[0]") in found
    assert {(11, "rules[1].months"), (11, "rules[1].moths")} <= found
    assert (12, "amount.fen.5") in found
    assert all(one.zh and one.en and one.file == "star.yaml" for one in errors)
    said = {one.path: one.en for one in errors}
    assert "Did you mean length?" in said["steps[1].lenght"]
    assert "Did you mean insured_months_at_least?" in said["rules[0]"]


def test_a_document_with_a_problem_gives_no_procedure() -> None:
    with pytest.raises(DocumentProblems) as caught:
        made(region=None)
    assert [one.path for one in caught.value.problems] == ["region"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": None}, "id"),
        ({"title": None}, "title"),
        ({"title": {}}, "title"),
        ({"effective": None}, "effective"),
        ({"effective": {"from": "2024-01-02", "to": "2024-01-01"}}, "effective"),
        ({"region": "42128"}, "region"),
        ({"region": "Hubei"}, "region"),
        ({"steps": None}, "steps"),
        ({"steps": []}, "steps"),
        ({"steps": [AUDIT, AUDIT]}, "steps[1]"),
        ({"steps": [{"decides": "a"}]}, "steps[0]"),
        ({"steps": [{"decide": "a"}]}, "steps[0]"),
        ({"steps": [{**AUDIT, "of": "deeds"}]}, "steps[0].of"),
        ({"steps": [{**AUDIT, "of": "nowhere"}]}, "steps[0].of"),
        ({"steps": [{**AUDIT, "at": "district"}]}, "steps[0].at"),
        ({"steps": [{**AUDIT, "may": ["return", "reject"]}]}, "steps[0].may"),
        ({"steps": [{**AUDIT, "late": "escalate"}]}, "steps[0].late"),
        ({"steps": [{**AUDIT, "within": 0}]}, "steps[0].within"),
        ({"steps": [{**AUDIT, "about": ["nothing"]}]}, "steps[0].about[0]"),
        ({"steps": [{**AUDIT, "about": ["roster"]}]}, "steps[0].about[0]"),
        ({"steps": [AUDIT, {"notice": "n", "shows": ["phone"]}]}, "steps[1].shows[0]"),
        ({"steps": [AUDIT, {"notice": "n", "shows": ["bank_account"]}]}, "steps[1].shows[0]"),
        ({"steps": [AUDIT, {"notice": "n", "length": "2.5wd"}]}, "steps[1].length"),
        ({"steps": [{"panel": "p", "pass_mark": 101}]}, "steps[0]"),
        ({"steps": [{"panel": "p", "pass_mark": 59.5}]}, "steps[0].pass_mark"),
        ({"steps": [{"meeting": "m", "by": "union.leader", "quorum": 0.66}]}, "steps[0].quorum"),
        ({"steps": [{"meeting": "m", "by": "union.leader", "quorum": "3/2"}]}, "steps[0].quorum"),
        ({"steps": [AUDIT, {"external": "e", "answers": ["returned"]}]}, "steps[1]"),
        ({"form": [{"field": "a"}, {"field": "a"}]}, "form[1]"),
        ({"form": [{"field": "a", "type": "number"}]}, "form[0].type"),
        ({"form": [{"field": "a", "type": "choice"}]}, "form[0]"),
        ({"form": [{"field": "A b"}]}, "form[0].field"),
        ({"rules": [{"rule": "field_equals", "field": "nothing", "value": 1}]}, "rules[0].field"),
        ({"rules": ["no_such_rule"]}, "rules[0]"),
        ({"rules": ["insured_months_at_least"]}, "rules[0]"),
        (
            {"row_rules": [{"rule": "age_between", "minimum": 9, "maximum": None}]},
            "row_rules[0].maximum",
        ),
        ({"rules": [{"rule": "insured_months_at_least", "months": -1}]}, "rules[0].months"),
        ({"rules": [{"rule": "level_in", "levels": [6]}]}, "rules[0].levels[0]"),
        ({"rules": [{"rule": "level_in", "levels": []}]}, "rules[0].levels"),
        ({"rules": [{"rule": "not_granted_before", "per": ["month"]}]}, "rules[0].per[0]"),
        ({"rules": [{"any": [], "rule": "certificate_is_valid"}]}, "rules[0]"),
        ({"rules": [{"any": []}]}, "rules[0]"),
        (
            {"row_rules": [{"rule": "age_between", "minimum": 9, "maximum": 8}]},
            "row_rules[0]",
        ),
        ({"rules": [{"rule": "certificate_is_valid", "blocks": "all"}]}, "rules[0].blocks"),
        ({"amount": {"fen": 1.5}}, "amount.fen"),
        ({"amount": {"fen": "100"}}, "amount.fen"),
        ({"amount": {"fen": -1}}, "amount.fen"),
        ({"amount": {"fen": {5: 100}}}, "amount"),
        ({"amount": {"by": "salary", "fen": {5: 100}}}, "amount.by"),
        ({"amount": {"fen": 1, "at_most": 2}}, "amount"),
        ({"outcome": {"medal": {}}}, "outcome.medal"),
        ({"outcome": {"honour": {"number": "X-{year}"}}}, "outcome.honour.number"),
        ({"outcome": {"honour": {"number": "{serial.__class__}"}}}, "outcome.honour.number"),
        ({"outcome": {"honour": {"number": "{serial:s}"}}}, "outcome.honour.number"),
        ({"outcome": {"honour": {"number": "GJ/{year}/{serial}"}}}, "outcome.honour.number"),
        ({"outcome": {"honour": {"number": "{serial:0999d}"}}}, "outcome.honour.number"),
        ({"outcome": {"entitlement": {}}}, "amount"),
        ({"proposed_from": {"event": "honour"}}, "proposed_from.event"),
        ({"proposed_from": {"event": "a.b.v1", "fields": {"x": "y"}}}, "proposed_from.fields.x"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(changes: Any, path: str) -> None:
    assert only_error(**changes).path == path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: a\n\ttitle: b", "tab"),
        ("id：star", "colon"),
        ("- a\n- b", "keys and values"),
        ("", "keys and values"),
        ("id: a\nid: b", "twice"),
        ("id: [", "bracket"),
        ("a: &a [1]\n" + "b: [" + "*a, " * 30000 + "1]", "repeats"),
    ],
)
def test_text_that_is_no_document_says_how_to_mend_it(text: str, words: str) -> None:
    errors = read_document(text, RULES).errors
    assert any(words in one.en for one in errors), errors


def test_a_rare_yaml_is_read_as_it_is_written() -> None:
    text = text_of().replace("version: '1'", "version: 042128")
    assert Procedure.parse(text, RULES).version == "042128"
    assert [one.path for one in read_document(text, RULES).errors] == []
    options = "[yes, no, on]"
    form = f"form: [{{field: sure, type: choice, options: {options}}}]"
    document = "\n".join(line for line in text_of(form=None).splitlines()) + "\n" + form
    procedure = Procedure.parse(document, RULES)
    assert [one.value for one in procedure.form[0].options] == ["yes", "no", "on"]


@pytest.mark.parametrize("written", ["1/2", "50%", "more than half", "过半数"])
def test_a_share_may_be_written_in_several_ways(written: str) -> None:
    settings = step(meeting="m", by="union.leader", majority=written).settings
    assert settings["majority"] == Fraction(1, 2)


def test_little_is_needed_and_the_rest_has_defaults() -> None:
    text = (
        "id: a\ntitle: 之星\nregion: nation\neffective: 2024-01-01\nsteps: [{decide: b, by: x.y}]"
    )
    procedure = Procedure.parse(text, RULES)
    only = procedure.steps[0]
    assert (procedure.version, procedure.region) == ("2024-01-01", "000000")
    assert procedure.title.zh == procedure.title.en == "之星"
    assert procedure.applicant == ("worker",)
    assert (only.at, only.of, only.may) == ("county", "case", ("approve", "return", "reject"))
    assert (only.within, only.late, only.silence) == (None, None, None)


def test_free_words_and_own_keys_may_stand_anywhere() -> None:
    assert not read(note="n", **{"x-draft": True}, steps=[{**AUDIT, "comment": "c"}]).errors


def test_the_long_form_of_a_step_says_the_same() -> None:
    long = step(kind="decide", key="audit", by="bureau.officer", within="5wd")
    assert long == step(decide="audit", by="bureau.officer", within=5)


@pytest.mark.parametrize("written", ["5wd", "5 wd", 5, "5", "5个工作日", "5 working days"])
def test_working_days_may_be_written_in_several_ways(written: Any) -> None:
    assert step(**AUDIT, within=written).within == 5


def test_lateness_escalates_unless_silence_settles_it() -> None:
    assert step(**AUDIT, within="3wd").late == "escalate"
    silent = step(**AUDIT, within="3wd", silence="continue")
    assert (silent.late, silent.silence) == (None, "continue")
    both = read(steps=[{**AUDIT, "within": "3wd", "silence": "continue", "late": "escalate"}])
    assert not both.errors and "no effect" in both.problems[0].en


def test_offices_of_a_unit_stand_at_the_unit() -> None:
    assert step(decide="a", by="enterprise.officer").at == "unit"
    assert step(external="a", by="organisation.officer").at == "unit"
    assert made(at="city", steps=[AUDIT]).steps[0].at == "city"


def test_opinions_ask_all_offices_and_take_silence_for_consent() -> None:
    found = step(opinions="ask", offices=["department.tax", "department.emergency"])
    assert found.settings["offices"] == ("department.tax", "department.emergency")
    assert (found.within, found.silence, found.may) == (5, "continue", ("support", "oppose"))
    assert found.settings["opposed"] == "continue"


def test_a_panel_a_meeting_and_an_answer_have_complete_settings() -> None:
    panel = step(panel="p")
    assert panel.by == ("expert",)
    assert {"experts": 3, "pass_mark": 60, "maximum": 100, "below": "reject"}.items() <= dict(
        panel.settings
    ).items()
    meeting = step(meeting="m", by="union.leader", majority="2/3 of members").settings
    assert (meeting["quorum"], meeting["majority"]) == (Fraction(2, 3), Fraction(2, 3))
    assert (meeting["majority_of"], meeting["fails"]) == ("members", "reject")
    external = step(external="funds", answers=["done", "returned", "lapsed"], rejects="lapsed")
    assert external.settings["means"] == {
        "done": "continue",
        "returned": "return",
        "lapsed": "reject",
    }


def test_a_notice_counts_its_first_day_and_its_objections_go_to_somebody_else() -> None:
    notice = made(steps=[AUDIT, {"notice": "n"}]).steps[1].settings
    assert (notice["length"], notice["first_day_counts"], notice["batch"]) == (5, True, None)
    assert notice["publishes"] == "bureau.officer"
    assert notice["objections"] == {"settle": 5, "by": "bureau.rechecker"}
    assert made(steps=[{"notice": "n", "within": "7wd"}]).steps[0].settings["length"] == 7


def test_a_misspelt_role_is_doubted() -> None:
    assert "union.reviewer" in read(steps=[{"decide": "a", "by": "union.reviwer"}]).problems[0].en
    assert not read(steps=[AUDIT]).problems


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, one in list(inside):
        found.append((*path, key))
        if isinstance(one, (dict, list)):
            found += _places(one, (*path, key))
    return found


RICH = {
    **SMALL,
    "rules": [
        {"any": [{"rule": "insured_months_at_least", "months": 12}, "draws_unemployment_benefit"]},
        {"rule": "age_between", "minimum": 16, "when": {"rule": "level_in", "levels": [5]}},
    ],
    "amount": {"by": "level", "fen": {"5": 100}, "uplift": [{"percent": 30}], "cap": 5},
    "steps": [
        {**AUDIT, "within": "5wd", "of": "place", "may": ["approve", "return"]},
        {"opinions": "ask", "offices": ["department.tax"]},
        {"panel": "score", "experts": 3},
        {"meeting": "meet", "by": "union.leader", "quorum": "2/3", "majority": "1/2 of members"},
        {"notice": "show", "shows": ["name"], "objections": {"settle": "5wd"}},
        {"external": "pay", "answers": ["done"]},
    ],
    "outcome": {"honour": {"number": "A-{serial}"}, "entitlement": {"fund": "f"}},
    "proposed_from": {"event": "a.b.v1", "where": {"x": ["y"]}, "fields": {"deeds": "z"}},
    "benefits": [{"zh": "甲", "en": "A"}, "乙"],
}
JUNK = st.sampled_from(
    [None, "", "x", 0, -1, 1.5, True, [], {}, [None], {"a": 1}, [[1]], "2024-13-01", {"zh": 1}]
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), JUNK)
def test_whatever_stands_in_a_document_it_is_read_or_refused(seed: int, junk: Any) -> None:
    document = copy.deepcopy(RICH)
    path = random.Random(seed).choice(_places(document))
    target: Any = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = junk
    reading = read_document(yaml.safe_dump(document), RULES)
    assert (reading.values is None) == bool(reading.errors)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert read_document(text, RULES).errors
