import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from shared.kernel.identity_number import (
    IdentityNumber,
    InvalidIdentityNumber,
    mask_identity_number,
    person_ref,
)

KEY = bytes(range(32))
VALID = ["421281200103072010", "42030319850101003X", "11010519491231002X"]


def number_of(region: str, born: date, order: int) -> str:
    seventeen = f"{region}{born:%Y%m%d}{order:03d}"
    return seventeen + str(ric.calc_check_digit(seventeen + "0"))


NUMBERS = st.builds(
    number_of,
    st.sampled_from(["421281", "421222", "430212", "320707", "110105"]),
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)


def reason(text: str) -> str:
    with pytest.raises(InvalidIdentityNumber) as refused:
        IdentityNumber.parse(text, field="identity_number", row=3)
    assert (refused.value.field, refused.value.row) == ("identity_number", 3)
    assert text not in str(refused.value) or len(text) < 4
    return refused.value.text("en")


@pytest.mark.parametrize("number", VALID)
def test_real_numbers_are_read(number: str) -> None:
    assert IdentityNumber.parse(number).value == number


@given(NUMBERS)
def test_a_number_says_when_where_and_whether_man_or_woman(number: str) -> None:
    parsed = IdentityNumber.parse(number)
    assert f"{parsed.birth_date:%Y%m%d}" == number[6:14]
    assert parsed.region == number[:6]
    assert parsed.sex == ("male" if int(number[16]) % 2 else "female")


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(InvalidIdentityNumber):
        IdentityNumber.parse(number[:place] + wrong + number[place + 1 :])


@given(NUMBERS, st.integers(0, 15))
def test_two_neighbours_swapped_are_always_found(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(InvalidIdentityNumber):
            IdentityNumber.parse(swapped)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidIdentityNumber):
        assert len(IdentityNumber.parse(text).value) == 18


def test_a_lower_case_x_full_width_digits_and_spaces_are_the_same_number() -> None:
    typed = ["42030319850101003x", "４２０３０３１９８５０１０１００３Ｘ", " 420303 19850101 003X "]
    assert {IdentityNumber.parse(each).value for each in typed} == {"42030319850101003X"}
    assert len({person_ref(each, KEY) for each in typed}) == 1


def test_a_region_that_did_not_exist_at_birth_is_a_warning_and_no_refusal() -> None:
    late = IdentityNumber.parse(number_of("421281", date(1965, 1, 1), 101))
    assert [warning.en for warning in late.warnings] != []
    assert IdentityNumber.parse(number_of("421281", date(2001, 3, 7), 201)).warnings == ()


def test_what_is_wrong_is_said() -> None:
    assert "15 digits" in reason("420303850101003")
    assert "18 characters" in reason("4203031985010100")
    assert "date of birth" in reason(number_of("420303", date(1985, 3, 1), 3)[:10] + "0230003X")
    assert "check digit" in reason("420303198501010031")
    assert "17 digits" in reason("4203031985O101003X")


def test_a_birth_after_today_is_refused() -> None:
    today = date(2024, 3, 4)
    tomorrow = number_of("420303", today + timedelta(days=1), 3)
    with pytest.raises(InvalidIdentityNumber):
        IdentityNumber.parse(tomorrow, on=today)
    assert IdentityNumber.parse(number_of("420303", today, 3), on=today)


def test_a_number_is_not_shown_by_accident() -> None:
    number = VALID[0]
    parsed = IdentityNumber.parse(number)
    assert number not in repr(parsed)
    assert str(parsed) == mask_identity_number(number) == "421***********2010"
    assert mask_identity_number("12345") == "*****"


def test_a_person_ref_needs_the_key() -> None:
    assert person_ref(VALID[0], KEY) != person_ref(VALID[0], bytes(32))
    assert person_ref(VALID[0], KEY) != person_ref(VALID[1], KEY)
    assert len(person_ref(VALID[0], KEY)) == 64
