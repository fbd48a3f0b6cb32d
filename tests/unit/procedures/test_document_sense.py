"""What can be read but cannot be meant, or would get stuck: refused, or doubted in a warning."""

from __future__ import annotations

from typing import Any

import pytest

from shared.procedures import shared_rules
from shared.procedures.reading import read_document
from shared.procedures.reading.roles import KNOWN_ROLES
from tests.unit.procedures.documents import SMALL, made, only_error, read, text_of

AUDIT = {"decide": "audit", "by": "bureau.officer"}
MEETING = {"meeting": "meet", "by": "union.leader"}
FORM = [
    *SMALL["form"],
    {"field": "years", "type": "integer"},
    {"field": "held", "type": "date"},
    {"field": "files", "type": "attachment"},
    {"field": "size", "type": "choice", "options": ["1", "2"]},
    {"field": "sure", "type": "choice", "options": ["true", "false"]},
    {"field": "kind", "type": "choice", "options": ["a", "b"]},
]


def field(**written: Any) -> dict[str, Any]:
    return {"form": [{"field": "a", **written}]}


def rule(name: str, **written: Any) -> dict[str, Any]:
    return {"form": FORM, "rules": [{"rule": name, **written}]}


def warnings(**changes: Any) -> list[Any]:
    reading = read(**changes)
    assert not reading.errors, [str(one) for one in reading.errors]
    return reading.problems


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"steps": [{"opinions": "o", "offices": []}, AUDIT]}, "steps[0].offices", "one role"),
        ({"steps": [{"decide": "o", "by": []}]}, "steps[0].by", "one role"),
        ({"applicant": []}, "applicant", "one role"),
        (field(type="integer", minimum=3, maximum=2), "form[0]", "greater than maximum 2"),
        (field(type="date", minimum=3), "form[0]", "takes no minimum"),
        (field(type="choice", options=["a", "b", "a"]), "form[0].options[2]", "twice"),
        (field(type="choice", options=[]), "form[0].options", "not be empty"),
        (rule("field_at_least", field="deeds", minimum=3), "rules[0].field", "Use: years"),
        (rule("field_at_least", field="kind", minimum=3), "rules[0].field", "type choice"),
        (rule("number_between", field="honours", minimum=1, maximum=2), "rules[0].field", "Use: "),
        (rule("date_within_months", field="years", months=3), "rules[0].field", "Use: held"),
        (rule("date_within_months", field="held", of="deeds", months=3), "rules[0].of", "date"),
        (rule("date_between", field="files"), "rules[0].field", "type attachment"),
        (rule("has_evidence", field="deeds"), "rules[0].field", "Use: files"),
        (rule("field_is_true", field="kind"), "rules[0].field", "boolean"),
        (rule("region_is_within", regions=["42"], field="deeds"), "rules[0].field", "Use: place"),
        (rule("region_is_within", regions=["99"]), "rules[0].regions[0]", "No region begins"),
        ({"region": "9901"}, "region", "No region begins with 99"),
        (rule("age_between", minimum=16), "rules[0]", "type: identity_number, required: true"),
        (
            {"steps": [{**AUDIT, "when": {"rule": "age_between", "minimum": 16}}]},
            "steps[0].when",
            "identity_number",
        ),
        ({"effective": {"from": "2024-02-30"}}, "effective.from", "A date is expected"),
        ({"steps": [{**MEETING, "quorum": "5/3"}]}, "steps[0].quorum", "more than all"),
        ({"steps": [{**MEETING, "quorum": "1/0"}]}, "steps[0].quorum", "below the line is 0"),
        ({"steps": [{**MEETING, "quorum": 0.66}]}, "steps[0].quorum", "a decimal"),
        ({"steps": [{**MEETING, "quorum": "0/3"}]}, "steps[0].quorum", "more than nothing"),
        ({"steps": [{**MEETING, "quorum": "most"}]}, "steps[0].quorum", "2/3 or 60%"),
        (rule("employer_has_no_veto", kinds=["wages"]), "rules[0].kinds[0]", "wage_arrears"),
        (rule("employer_has_no_veto", lapsing=["wages"]), "rules[0].lapsing[0]", "wage_arrears"),
    ],
)
def test_what_can_never_work_is_refused_where_it_stands(
    changes: dict[str, Any], path: str, words: str
) -> None:
    found = only_error(**changes)
    assert found.path == path
    assert words in found.en and found.zh, found.en


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("field_at_least", {"field": "years", "minimum": 3}),
        ("field_at_least", {"field": "size", "minimum": 1}),
        ("field_at_least", {"field": "insured_months", "minimum": 1}),
        ("date_within_months", {"field": "held", "months": 3}),
        ("field_is_true", {"field": "sure"}),
        ("field_is_true", {"field": "scores_locked"}),
        ("has_evidence", {"field": "files"}),
        ("employer_has_no_veto", {"kinds": ["wage_arrears"], "lapsing": ["pollution"]}),
    ],
)
def test_a_rule_about_a_field_of_its_type_is_accepted(name: str, written: dict[str, Any]) -> None:
    assert made(**rule(name, **written)).rules


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"applicant": ["worker", "somebody"]}, "applicant[1]"),
        ({"steps": [{**AUDIT, "by": "bureau.audit"}]}, "steps[0].by"),
        ({"steps": [{"opinions": "o", "offices": ["a.b"]}, AUDIT]}, "steps[0].offices[0]"),
        ({"steps": [AUDIT, {"notice": "n", "publishes": "a.b"}]}, "steps[1].publishes"),
        ({"steps": [AUDIT, {"notice": "n", "by": "a.b"}]}, "steps[1].by"),
        (
            {"steps": [AUDIT, {"notice": "n", "objections": {"by": "a.b"}}]},
            "steps[1].objections.by",
        ),
        ({"steps": [AUDIT, {"external": "e", "by": "a.b"}]}, "steps[1].by"),
        ({"outcome": {"honour": {"conferred_by": "a.b"}}}, "outcome.honour.conferred_by"),
        ({"outcome": {"certificates": {"issued_by": "a.b"}}}, "outcome.certificates.issued_by"),
        ({"benefits": [{"zh": "甲", "by": "a.b"}]}, "benefits[0].by"),
    ],
)
def test_a_role_that_nobody_knows_is_doubted_once_and_the_nearest_are_named(
    changes: dict[str, Any], path: str
) -> None:
    (found,) = warnings(**changes)
    assert found.path == path
    named = [role for role in KNOWN_ROLES if role in found.en and role in found.zh]
    assert 1 <= len(named) <= 4


def test_a_region_that_the_table_does_not_hold_is_doubted() -> None:
    (found,) = warnings(region="421277")
    assert found.path == "region" and "421277" in found.en and "regions.csv" in found.zh
    assert not warnings(region="421281")


IDENTITY = {"field": "identity_number", "type": "identity_number"}
TWICE = {"decide": "recheck", "by": "bureau.officer"}
CONFIRM = {"decide": "confirm", "by": "bureau.officer", "may": ["approve", "dispute"]}
VALID = {"rules": ["certificate_is_valid"]}


def test_the_age_is_known_where_the_form_asks_for_the_identity_number() -> None:
    age = {"rule": "age_between", "minimum": 16}
    assert not warnings(form=[{**IDENTITY, "required": True}], rules=[age])
    (found,) = warnings(form=[IDENTITY], rules=[age])
    assert found.path == "rules[0]" and "required: true" in found.en
    assert not warnings(row_rules=[age])
    assert not warnings(form=[{"field": "birth_date", "type": "date"}], rules=[age])


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"steps": [AUDIT, TWICE]}, "steps[1]", "two different people"),
        ({"steps": [MEETING, {**MEETING, "meeting": " again "}]}, "steps[1]", "two different"),
        (
            {"steps": [AUDIT, {"notice": "n", "objections": {"by": "bureau.officer"}}]},
            "steps[1].objections",
            "a role without a step",
        ),
        (
            {"steps": [{"notice": "n", "objections": {"by": "bureau.officer"}}, AUDIT]},
            "steps[0].objections",
            "the step audit",
        ),
        ({"steps": [CONFIRM], **VALID}, "steps", "stuck"),
    ],
)
def test_a_chain_that_would_get_stuck_is_doubted(
    changes: dict[str, Any], path: str, words: str
) -> None:
    (found,) = warnings(**changes)
    assert found.path == path
    assert words in found.en and found.zh, found.en


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": [AUDIT, {**TWICE, "another_person": True}]},
        {"steps": [AUDIT, {**TWICE, "at": "city"}]},
        {"steps": [AUDIT, {"notice": "n", "objections": {"by": "bureau.leader"}}]},
        {"steps": [CONFIRM]},
        {"steps": [CONFIRM, MEETING], **VALID},
        {"steps": [{**CONFIRM, "may": ["approve", "return"]}], **VALID},
    ],
)
def test_a_chain_that_can_end_is_not_doubted(changes: dict[str, Any]) -> None:
    assert not warnings(**changes)


@pytest.mark.parametrize("written", ["{from: 2024-02-30}", "2024-02-30"])
def test_a_day_that_does_not_exist_is_said_once(written: str) -> None:
    lines = [one for one in text_of(effective="x").splitlines() if "effective" not in one]
    text = "\n".join([*lines, f"effective: {written}"])
    (found,) = read_document(text, shared_rules()).errors
    assert "no such day as 2024-02-30" in found.en


def test_an_unknown_key_is_only_likened_to_one_that_is_near() -> None:
    assert "Did you mean" not in only_error(form=[{"field": "a", "multiple": True}]).en
    assert "Did you mean label?" in only_error(form=[{"field": "a", "lable": "x"}]).en


def test_the_columns_to_choose_from_leave_out_what_is_personal() -> None:
    form = [*SMALL["form"], IDENTITY, {"field": "name"}, {"field": "address"}]
    steps = [AUDIT, {"notice": "n", "shows": ["salary"]}]
    columns = only_error(form=form, steps=steps).en.split("Use: ")[1].strip(".").split(", ")
    assert len(columns) == len(set(columns)) and {"deeds", "name"} <= set(columns)
    assert not {"identity_number", "phone", "address"} & set(columns)
