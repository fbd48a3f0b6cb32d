import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.region import (
    LEVELS,
    InvalidRegion,
    covers,
    parse_region,
    region_at,
    region_level,
    region_name,
    regions_within,
)

CODES = st.integers(100_000, 999_999).map(str)


def test_a_county_lies_in_its_city_province_and_nation() -> None:
    found = [region_at("421281", level) for level in LEVELS]
    assert found == ["421281", "421281", "421200", "420000", "000000"]
    assert [region_level(code) for code in found[1:]] == ["county", "city", "province", "nation"]


@given(CODES)
def test_each_level_covers_what_it_holds(code: str) -> None:
    for level in LEVELS:
        assert covers(region_at(code, level), code)


@pytest.mark.parametrize("prefix", ["42", "420000", "4212", "421200", "421281", "000000", "00", ""])
def test_prefixes_and_codes_cover_alike(prefix: str) -> None:
    assert covers(prefix, "421281")


@pytest.mark.parametrize("prefix", ["43", "430000", "420300", "421282", "421221"])
def test_other_regions_do_not_cover(prefix: str) -> None:
    assert not covers(prefix, "421281")


def test_a_county_does_not_cover_its_city() -> None:
    assert not covers("421281", "421200")
    assert not covers("421200", "420000")


def test_names_come_in_both_languages_and_an_unknown_code_is_itself() -> None:
    assert region_name("421281", "zh") == "赤壁市"
    assert region_name("421281", "en") == "Chibi"
    assert region_name("999999", "zh") == "999999"
    assert "420303" in regions_within("420300")


def test_a_region_code_has_six_digits() -> None:
    assert parse_region("４２１２８１") == "421281"
    for wrong in ("42", "42128a", "4212811", ""):
        with pytest.raises(InvalidRegion):
            parse_region(wrong)
