from __future__ import annotations

from typing import Any

import pytest

from shared.kernel.errors import DomainError, Errors
from shared.kernel.text import Text
from shared.procedures import evaluate, shared_rules, validate_form
from shared.procedures.forms import read_value
from shared.procedures.model import FIELD_TYPES, FormField
from tests.unit.procedures.documents import made

GOOD: dict[str, tuple[Any, Any]] = {
    "text": (" 张三 ", "张三"),
    "long_text": ("事迹", "事迹"),
    "integer": ("１２", 12),
    "date": ("2024-03-04", "2024-03-04"),
    "money": ("1,500.00", 150000),
    "choice": ("a", "a"),
    "boolean": ("是", True),
    "region": ("421281", "421281"),
    "occupation": ("6-18-02-04", "6-18-02-04"),
    "level": ("4", 4),
    "certificate_no": ("s0000 4200 0001 2440 0000 1", "S000042000001244000001"),
    "honour_no": ("JNDS-420303-2024-001", "JNDS-420303-2024-001"),
    "credit_code": ("91421281ma4900001x", "91421281MA4900001X"),
    "identity_number": ("42030319850101003x", "42030319850101003X"),
    "phone": ("138 1234 5678", "13812345678"),
    "bank_account": ("6217 8542 0000 1234 563", "6217854200001234563"),
    "attachment": ("f1", ["f1"]),
}
BAD: dict[str, list[Any]] = {
    "text": ["x" * 201, ["x"], True, "a\x00b"],
    "long_text": ["x" * 10001],
    "integer": ["1.5", 1.5, True, "x"],
    "date": ["2023-02-29", "2024-3-4", 20240304, "2024-03-04T00:00"],
    "money": ["1.505", 1.5, -1, "x", True],
    "choice": ["c", 1],
    "boolean": [1, "x", ["true"]],
    "region": ["4212", 421281],
    "occupation": ["6-18", 6],
    "level": [0, 6, "x", 4.0],
    "certificate_no": ["S1", 1234567890123456, "S000042000001246000001"],
    "honour_no": ["x" * 65],
    "credit_code": ["91421281MA49000019"],
    "identity_number": ["420303198501010031", 420303198501010030],
    "phone": ["12345678901"],
    "bank_account": ["6217854200001234564"],
    "attachment": [[1], [""]],
}


def one_field(kind: str, **more: Any) -> Any:
    field = {"field": "x", "type": kind, **more}
    if kind == "choice":
        field["options"] = ["a", "b"]
    return made(form=[field])


@pytest.mark.parametrize("kind", FIELD_TYPES)
def test_good_values_are_normalised(kind: str) -> None:
    given, kept = GOOD[kind]
    plain, personal = validate_form(one_field(kind), {"x": given})
    assert {**plain, **personal} == {"x": kept}
    assert bool(personal) == (kind in ("identity_number", "phone", "bank_account"))


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, vs in BAD.items() for v in vs])
def test_bad_values_name_their_field_and_never_repeat_the_value(kind: str, value: Any) -> None:
    with pytest.raises(Errors) as caught:
        validate_form(one_field(kind), {"x": value})
    (error,) = caught.value.errors
    assert error.field == "x"
    if kind in ("identity_number", "phone", "bank_account"):
        assert str(value) not in error.text("zh") + error.text("en")


def test_every_bad_field_comes_back_at_once() -> None:
    form = [
        {"field": "a", "type": "integer"},
        {"field": "b", "required": True},
        {"field": "c", "type": "phone"},
    ]
    with pytest.raises(Errors) as caught:
        validate_form(made(form=form), {"a": "x", "c": "1", "d": 1})
    assert {(e.code, e.field) for e in caught.value.errors} == {
        ("unknown_field", "d"),
        ("invalid_field", "a"),
        ("field_missing", "b"),
        ("invalid_phone", "c"),
    }


def test_a_draft_may_lack_what_is_required_but_not_be_wrong() -> None:
    procedure = made(form=[{"field": "a", "required": True, "type": "integer"}])
    assert validate_form(procedure, {"a": " "}, partial=True) == ({}, {})
    with pytest.raises(Errors):
        validate_form(procedure, {"a": "x"}, partial=True)


def test_limits_include_their_ends() -> None:
    procedure = one_field("integer", minimum=1, maximum=60)
    for value, good in ((0, False), (1, True), (60, True), (61, False)):
        if good:
            assert validate_form(procedure, {"x": value})[0] == {"x": value}
        else:
            with pytest.raises(Errors):
                validate_form(procedure, {"x": value})


def test_a_field_marked_personal_is_kept_apart() -> None:
    assert validate_form(one_field("text", personal=True), {"x": "a"}) == ({}, {"x": "a"})


@pytest.mark.parametrize(
    ("given", "kept"), [(True, True), ("true", True), (False, False), ("no", False), ("否", False)]
)
def test_no_is_an_answer_of_its_own(given: Any, kept: bool) -> None:
    field = {"field": "x", "type": "boolean", "required": True}
    procedure = made(form=[field], rules=[{"rule": "field_is_true", "field": "x"}])
    plain, _ = validate_form(procedure, {"x": given})
    assert plain == {"x": kept}
    (finding,) = evaluate(procedure, plain, shared_rules())
    assert finding.passed is kept
    assert [one.label.zh for one in procedure.form[0].options] == ["是", "否"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("\u200b王建国\ufeff", "王建国"), ("王" + chr(0x2EBF0), "王" + chr(0x2EBF0))],
)
def test_a_name_of_a_form_is_kept_without_what_nobody_sees(given: str, kept: str) -> None:
    named = FormField("name", "text", Text("姓名", "Name"))
    assert read_value(named, given) == kept


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        ("text", "王\ue000", "自造字"),
        ("text", "a\x00b", "控制字符"),
        ("long_text", "一行\n两行\ud800", "半个字符"),
    ],
)
def test_text_that_cannot_be_kept_says_why(kind: str, given: str, why: str) -> None:
    written = FormField("deeds", kind, Text("事迹", "Deeds"))
    with pytest.raises(DomainError) as refused:
        read_value(written, given)
    assert refused.value.field == "deeds" and why in refused.value.text("zh")
    assert read_value(FormField("deeds", "long_text", Text("事迹", "Deeds")), "一\n二") == "一\n二"
