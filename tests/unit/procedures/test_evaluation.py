from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.procedures import Procedure, RuleBook, Verdict, evaluate, shared_rules, step_applies
from shared.procedures.entries import passed_all, passed_any
from shared.procedures.evaluate import blocking
from tests.unit.procedures.documents import made, text_of

RULES = RuleBook(shared_rules())


@RULES.rule("says")
def says(facts: Any, answer: Any) -> Verdict:
    """The answer that is written."""
    found = {"yes": True, "no": False}.get(str(answer))
    return Verdict(found, f"答{answer}。", f"Said {answer}.", {str(answer): 1}, "改", "Mend")


def first(entry: Any, facts: dict[str, Any] | None = None) -> Any:
    procedure = Procedure.parse(text_of(rules=[entry]), RULES)
    found = evaluate(procedure, facts or {}, RULES)
    return found[0] if found else None


def say(answer: str) -> dict[str, str]:
    return {"rule": "says", "answer": answer}


ANSWERS = st.sampled_from(["yes", "no", "maybe"])
VALUES = {"yes": True, "no": False, "maybe": None}


@given(st.lists(ANSWERS, min_size=1, max_size=5))
def test_groups_follow_three_valued_logic(answers: list[str]) -> None:
    known = [VALUES[answer] for answer in answers]
    entries = [say(answer) for answer in answers]
    order = {False: 0, None: 1, True: 2}
    assert first({"any": entries}).passed is max(known, key=lambda one: order[one])
    assert first({"all": entries}).passed is min(known, key=lambda one: order[one])
    assert passed_any(known) is first({"any": entries}).passed
    assert passed_all(known) is first({"all": entries}).passed


@given(ANSWERS, ANSWERS)
def test_not_of_any_is_all_of_nots(one: str, other: str) -> None:
    left = first({"not": {"any": [say(one), say(other)]}})
    right = first({"all": [{"not": say(one)}, {"not": say(other)}]})
    assert left.passed is right.passed


def test_a_group_that_fails_names_every_member_and_remedy() -> None:
    found = first({"any": [say("no"), say("no")], "clause": {"zh": "第一条", "en": "Article 1"}})
    assert found.zh == "各项条件均不满足：答no；答no。"
    assert (found.clause, found.clause_en) == ("第一条", "Article 1")
    assert found.remedy_zh == "改；或：改"
    assert len(found.members) == 2


def test_a_rule_counts_only_where_its_when_holds() -> None:
    assert first({**say("no"), "when": say("no")}) is None
    assert first({**say("no"), "when": say("yes")}).passed is False
    assert first({**say("no"), "when": say("maybe")}).passed is None
    assert first({**say("yes"), "when": say("maybe")}).passed is True


def test_a_member_that_does_not_apply_is_left_out_of_its_group() -> None:
    skipped = {**say("no"), "when": say("no")}
    assert first({"all": [skipped, say("yes")]}).passed is True
    assert first({"all": [skipped]}) is None


def test_rules_without_a_clause_rest_on_the_source() -> None:
    assert first(say("yes")).clause == "test"


def test_only_a_failure_that_blocks_stops_the_submission() -> None:
    procedure = Procedure.parse(
        text_of(rules=[{**say("no"), "blocks": "submission"}, say("no")]), RULES
    )
    assert len(blocking(evaluate(procedure, {}, RULES))) == 1


def test_a_rule_that_is_gone_is_left_to_a_person() -> None:
    procedure = Procedure.parse(text_of(rules=["long_gone"]))
    assert evaluate(procedure, {}, RULES)[0].passed is None


def test_findings_use_the_words_of_the_form() -> None:
    options = [{"value": "a", "zh": "甲", "en": "A"}, {"value": "b", "zh": "乙", "en": "B"}]
    form = [{"field": "kind", "type": "choice", "label": {"zh": "种类", "en": "kind"}}]
    form[0]["options"] = options  # type: ignore[assignment]
    rules = [{"rule": "field_in", "field": "kind", "values": ["a"]}]
    procedure = made(form=form, rules=rules)
    found = evaluate(procedure, {"kind": "b"}, RULES)[0]
    assert found.zh == "种类为乙，要求为甲。"
    assert evaluate(procedure, {}, RULES)[0].zh == "尚缺：种类，暂不能判断。"


@pytest.mark.parametrize(("place", "answer"), [("421281", True), ("420303", False), (None, None)])
def test_a_step_applies_by_its_when(place: str | None, answer: bool | None) -> None:
    when = {"rule": "region_is_within", "field": "place", "regions": ["4212"]}
    procedure = made(steps=[{"decide": "a", "by": "union.reviewer", "when": when}])
    assert step_applies(procedure, procedure.steps[0], {"place": place}, RULES) is answer


@pytest.mark.parametrize(
    ("answer", "zh", "en"),
    [
        ("yes", "下列情形不得存在，但已存在：答yes。", "This must not hold, but does: Said yes."),
        (
            "no",
            "下列情形不得存在，经核不存在：答no。",
            "This must not hold, and does not: Said no.",
        ),
        (
            "maybe",
            "下列情形不得存在，尚不能确定：答maybe。",
            "This must not hold; not known yet: Said maybe.",
        ),
    ],
)
def test_a_reversed_rule_says_what_must_not_hold(answer: str, zh: str, en: str) -> None:
    found = first({"not": say(answer)})
    assert (found.zh, found.en) == (zh, en)


def test_a_reversed_rule_does_not_call_its_failure_as_required() -> None:
    rule = {"rule": "employment_status_in", "statuses": ["retired"]}
    found = first({"not": rule}, {"employment_status": "retired"})
    assert found.passed is False
    assert "符合要求" not in found.zh and "as required" not in found.en
