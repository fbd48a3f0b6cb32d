from collections.abc import Mapping
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.sittings.columns import ROSTER
from services.assessment.sittings.rules import Roster, read_roster
from services.assessment.spreadsheets.reading import Row

KEY = b"k" * 32
GOOD = {
    "name": "王建国",
    "identity_number": "421281200103072010",
    "condition": "从业满 5 年",
    "years_in_occupation": 6,
}


def read(*cells: Mapping[str, object]) -> Roster:
    rows = [Row(number, dict(each)) for number, each in enumerate(cells, start=2)]
    return read_roster(rows, occupation="6-18-02-04", level="4", held_on=date(2024, 3, 8), key=KEY)


def codes(roster: Roster) -> list[tuple[str, int | None, str | None]]:
    return [(error.code, error.row, error.field) for error in roster.errors]


def test_a_good_row_becomes_a_person_with_facts_for_the_rules() -> None:
    roster = read(
        GOOD
        | {
            "previous_certificate_no": "S000042000017205000001",
            "previous_level": "五级",
            "previous_issued_on": "2020/5/30",
            "graduation": "中专",
            "graduation_related": "是",
            "phone": "13812345678",
        }
    )
    assert roster.errors == []
    entrant = roster.entrants[0]
    assert entrant.facts["certificates"] == [
        {
            "certificate_no": "S000042000017205000001",
            "occupation": "6-18-02-04",
            "level": 5,
            "issued_on": "2020-05-30",
            "status": "valid",
        }
    ]
    assert (entrant.facts["graduation"], entrant.facts["graduation_related"]) == (
        "vocational",
        True,
    )
    assert entrant.facts["years_in_occupation"] == 6
    assert GOOD["identity_number"] not in repr(entrant) + repr(entrant.facts)


def test_a_number_cell_for_an_identity_number_says_that_digits_are_lost() -> None:
    roster = read(GOOD | {"identity_number": 421281200103072010.0})
    assert codes(roster) == [("identity_number_is_a_number", 2, "identity_number")]
    assert "文本" in (roster.errors[0].remedy("zh") or "")


def test_every_fault_of_every_row_is_named() -> None:
    roster = read(
        GOOD | {"identity_number": "421281200103072011", "phone": "12", "name": ""},
        GOOD,
        GOOD | {"identity_number": "", "graduation": "博士后", "years_in_occupation": -1},
    )
    assert codes(roster) == [
        ("invalid_identity_number", 2, "identity_number"),
        ("row_incomplete", 2, "name"),
        ("invalid_phone", 2, "phone"),
        ("row_incomplete", 4, "identity_number"),
        ("row_value_invalid", 4, "years_in_occupation"),
        ("row_value_invalid", 4, "graduation"),
    ]
    assert [entrant.row for entrant in roster.entrants] == [3]


def test_the_same_person_twice_is_told_where_the_first_is() -> None:
    roster = read(GOOD, GOOD | {"name": "王建", "identity_number": " 42128120010307201０ "})
    assert codes(roster) == [("duplicate_in_roster", 3, "identity_number")]
    assert roster.errors[0].facts["first"] == 2


def test_a_previous_certificate_needs_its_number() -> None:
    roster = read(GOOD | {"previous_level": "五级", "previous_issued_on": "2020-05-30"})
    assert codes(roster) == [("row_incomplete", 2, "previous_certificate_no")]


def test_a_previous_certificate_needs_its_level_and_date() -> None:
    roster = read(GOOD | {"previous_certificate_no": "X", "previous_issued_on": "2030-01-01"})
    assert codes(roster) == [
        ("row_value_invalid", 2, "previous_issued_on"),
        ("row_value_invalid", 2, "previous_level"),
    ]


cells = st.one_of(
    st.text(max_size=25),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.none(),
)


@given(st.lists(st.fixed_dictionaries({column.key: cells for column in ROSTER}), max_size=3))
def test_any_cells_are_read_or_refused_in_both_languages(rows: list[dict[str, object]]) -> None:
    roster = read(*rows)
    assert len(roster.entrants) + len({error.row for error in roster.errors}) == len(rows)
    for error in roster.errors:
        assert error.row and error.field and error.text("zh") != error.text("en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_error_shows_an_identity_number_or_a_phone(lang: str) -> None:
    roster = read(GOOD | {"identity_number": "421281200103072019", "phone": "138123456789"})
    said = " ".join(error.text(lang) + str(error) for error in roster.errors)
    assert "42128120" not in said and "13812345" not in said


PREVIOUS = {"previous_certificate_no": "S000042000017205000001", "previous_level": "五级"}


@pytest.mark.parametrize(
    "written", ["2020-5-30", "2020.05.30", "2020/5/30", "2020年5月30日", "20200530", 20200530]
)
def test_a_day_is_read_as_people_write_it(written: object) -> None:
    roster = read(GOOD | PREVIOUS | {"previous_issued_on": written})
    assert roster.errors == []
    assert roster.entrants[0].facts["certificates"][0]["issued_on"] == "2020-05-30"


@pytest.mark.parametrize(
    "written",
    ["20-05-30", "20.5.30", "0023-05-30", "2020-13-01", "去年", 43981, True, "1900-01-01"],
)
def test_a_day_that_cannot_be_meant_is_refused_where_it_is(written: object) -> None:
    roster = read(GOOD | PREVIOUS | {"previous_issued_on": written})
    assert codes(roster) == [("row_value_invalid", 2, "previous_issued_on")]


@pytest.mark.parametrize("key", ["phone", "years_in_occupation", "graduation", "title_years"])
def test_a_date_or_time_where_none_belongs_is_not_dropped(key: str) -> None:
    for cell in (date(2020, 5, 30), time(8, 30), timedelta(hours=3)):
        assert [field for _, _, field in codes(read(GOOD | {key: cell}))] == [key]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\u200b王\ufeff建国 ", "王建国"),
        ("𫍽𬭼", "𫍽𬭼"),
        ("王" + chr(0x2EBF0), "王" + chr(0x2EBF0)),  # added after Python 3.11's tables
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("ＬＩ　Ｎａ", "LI Na"),
        ("阿卜杜拉⋅买买提", "阿卜杜拉·买买提"),
        ("王\ufe00建\U000e0100国\u3164", "王建国"),
        ("\u2800王建国", "王建国"),
    ],
)
def test_a_name_is_kept_without_what_nobody_sees(written: str, kept: str) -> None:
    roster = read(GOOD | {"name": written})
    assert (roster.errors, roster.entrants[0].name) == ([], kept)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("王\ue000", "自造字"),
        ("王\x07国", "控制字符"),
        ("王\n国", "控制字符"),
        ("王\ufffd国", "丢失"),
        ("王□国", "丢失"),
        ("王" + chr(0x2FFFF), "不是任何文字"),
        ("王" * 61, "60 字"),
    ],
)
def test_a_name_that_cannot_be_kept_says_why(written: str, why: str) -> None:
    roster = read(GOOD | {"name": written})
    assert codes(roster) == [("row_value_invalid", 2, "name")]
    assert why in roster.errors[0].text("zh")


def test_an_identity_number_is_read_through_what_nobody_sees() -> None:
    number = "4212 8120\u200b0103\u00a0072010\u200e"
    assert read(GOOD | {"identity_number": number}).errors == []
