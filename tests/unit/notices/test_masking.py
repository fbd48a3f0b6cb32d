"""What a notice may show."""

import pytest

from shared.notices.errors import ColumnNotAllowed
from shared.notices.masking import masked_row, scrubbed
from shared.procedures import DocumentProblems, Procedure
from shared.procedures.model import NEVER_PUBLISHED

IDENTITY = "421281200103072010"
ACCOUNT = "6217854200001234563"


def test_only_the_columns_of_the_document_are_shown_in_its_order() -> None:
    values = {"level": 4, "name": "张三", "employer": "赤壁精工", "score": 91}
    assert list(masked_row(("name", "level"), values)) == ["name", "level"]


def test_an_identity_number_is_shown_without_the_birth_date() -> None:
    shown = masked_row(("identity_number",), {"identity_number": IDENTITY})["identity_number"]
    assert "20010307" not in shown
    assert shown != IDENTITY


@pytest.mark.parametrize("column", sorted(NEVER_PUBLISHED))
def test_a_notice_refuses_the_columns_that_the_law_keeps_out(column: str) -> None:
    with pytest.raises(ColumnNotAllowed):
        masked_row(("name", column), {"name": "张三", column: "1"})


def test_identifiers_that_strayed_into_a_sentence_are_hidden() -> None:
    text = scrubbed(f"张三，{IDENTITY}，电话13871234567，账号{ACCOUNT}。")
    assert IDENTITY not in text
    assert "13871234567" not in text
    assert ACCOUNT not in text
    assert text.startswith("张三")


@pytest.mark.parametrize(
    "number",
    [
        IDENTITY,
        "42128120010307201X",  # mistyped: its check digit is wrong
        "420303850101003",  # of 15 digits
        "４２１２８１２００１０３０７２０１０",
    ],
)
def test_an_identity_number_is_hidden_however_it_was_written(number: str) -> None:
    text = scrubbed(f"身份证{number}，先进")
    assert "010307" not in text and "850101" not in text and number not in text
    assert text.startswith("身份证") and text.endswith("，先进")


def test_certificate_numbers_and_credit_codes_are_left_as_they_are() -> None:
    codes = ("Y000142000001245000001", "91421281MA4900001X", "CLM-2024-000001", "20240304")
    for harmless in codes:
        assert scrubbed(harmless) == harmless


def test_identifiers_inside_lists_and_mappings_are_hidden_too() -> None:
    shown = masked_row(("deeds",), {"deeds": [{"text": f"见 {ACCOUNT}"}]})
    assert ACCOUNT not in str(shown)


def test_a_document_that_would_publish_an_address_does_not_load() -> None:
    document = """
id: test-honour
title: {zh: 测试荣誉, en: Test honour}
version: t1
region: "420303"
effective: {from: 2020-01-01}
source: {zh: 测试, mark: INFER}
applicant: [worker]
form: [{field: address, type: text, label: {zh: 住址, en: Address}}]
steps: [{notice: shown, length: 5wd, shows: [name, address]}]
outcome: honour
"""
    with pytest.raises(DocumentProblems, match="must not be published"):
        Procedure.parse(document)
