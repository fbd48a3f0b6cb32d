import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.certificates.rules import (
    LARGEST_SERIAL,
    CertificateNumber,
    InvalidCertificateNumber,
    SerialsExhausted,
    mask_name,
    number_for,
)

sites = st.from_regex(r"[YS][0-9]{12}", fullmatch=True)
levels = st.sampled_from("12345")
serials = st.integers(1, LARGEST_SERIAL)


def test_a_number_has_the_seven_parts_in_their_places() -> None:
    number = str(number_for("S000042000017", 2024, "4", 31))
    assert number == "S000042000017244000031"
    assert (number[0], number[1:5], number[5:7], number[7:13]) == ("S", "0000", "42", "000017")
    assert (number[13:15], number[15], number[16:]) == ("24", "4", "000031")


@given(sites, st.integers(2000, 2099), levels, serials)
def test_what_is_written_is_read_back(site: str, year: int, level: str, serial: int) -> None:
    number = number_for(site, year, level, serial)
    assert len(str(number)) == 22
    assert CertificateNumber.parse(str(number)) == number
    assert CertificateNumber.parse(f" {str(number).lower()} ") == number


@given(sites, levels, serials, serials)
def test_two_serials_never_give_one_number(site: str, level: str, one: int, two: int) -> None:
    same = str(number_for(site, 2024, level, one)) == str(number_for(site, 2024, level, two))
    assert same == (one == two)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        number = CertificateNumber.parse(text)
    except InvalidCertificateNumber as refused:
        assert refused.text("zh") and refused.text("en")
    else:
        assert len(str(number)) == 22


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S00004200001724400003",
        "X000042000017244000031",
        "S000042000017246000031",
        "S000042000017244000000",
        "S０00042000017244000031",
    ],
)
def test_a_malformed_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidCertificateNumber):
        CertificateNumber.parse(text)


def test_the_serial_after_the_last_is_refused() -> None:
    with pytest.raises(SerialsExhausted):
        number_for("S000042000017", 2024, "4", LARGEST_SERIAL + 1)


def test_a_name_is_shown_by_its_first_character() -> None:
    assert [mask_name(name) for name in ("王建国", "李", "")] == ["王**", "李*", ""]


@given(
    category=st.sampled_from("YS"),
    digits=st.from_regex(r"[0-9]{14}[1-5][0-9]{5}[1-9]", fullmatch=True),
    marks=st.lists(st.sampled_from(list("-－ _.。（）()/\u3000\u200b")), min_size=21, max_size=21),
    label=st.sampled_from(["", "No.", "NO:", "证书编号：", "№"]),
)
def test_a_number_is_found_among_marks(
    category: str, digits: str, marks: list[str], label: str
) -> None:
    number = category + digits
    written = label + "".join(a + b for a, b in zip(number, [*marks, ""], strict=True))
    assert str(CertificateNumber.within(written)) == number
    confused = number[0] + number[1:].replace("0", "O").replace("1", "l")
    assert str(CertificateNumber.within(confused)) == number


@pytest.mark.parametrize(
    "written",
    ["", "1942003001500001", "S0000420000172450000123", "S000042000017245000000", "旧证 12-3"],
)
def test_what_is_no_such_number_is_none(written: str) -> None:
    assert CertificateNumber.within(written) is None


def test_two_numbers_are_no_number() -> None:
    both = "S000042000017245000001、S000042000017245000002"
    assert CertificateNumber.within(both) is None
