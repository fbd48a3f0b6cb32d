"""Regions that were abolished, or never were: their successor, or a refusal that names it."""

import pytest

from shared.identity.directory import Directory, Office
from shared.kernel.region import (
    InvalidRegion,
    NoSuchRegion,
    RegionAbolished,
    parse_region,
    region_name,
)
from shared.kernel.text import Text


@pytest.mark.parametrize(
    ("given", "now"),
    [
        ("430221", "430212"),  # 株洲县, since 2018 渌口区
        ("110228", "110118"),  # 密云县
        ("４２１２８１", "421281"),
        ("421200", "421200"),
        ("420000", "420000"),
        ("441900", "441900"),  # 东莞 has no counties
        ("659001", "659001"),
    ],
)
def test_the_successor_of_an_abolished_region_is_taken(given: str, now: str) -> None:
    assert parse_region(given) == now


@pytest.mark.parametrize("given", ["421299", "999999", "429999", "100000"])
def test_a_region_that_never_was_is_refused(given: str) -> None:
    with pytest.raises(NoSuchRegion) as refused:
        parse_region(given, field="region", row=3)
    assert (refused.value.field, refused.value.row) == ("region", 3)
    assert given in refused.value.text("zh")


def test_a_region_that_became_several_names_them() -> None:
    with pytest.raises(RegionAbolished) as refused:
        parse_region("533322")
    assert "碧江县" in refused.value.text("zh")
    assert "533301" in (refused.value.remedy("zh") or "")


@pytest.mark.parametrize("given", ["", "4212", "湖北", "42128１a"])
def test_what_is_no_code_is_refused_as_none(given: str) -> None:
    with pytest.raises(InvalidRegion) as refused:
        parse_region(given)
    assert refused.value.code == "invalid_region"


def test_every_region_has_its_chinese_name() -> None:
    assert region_name("430221", "zh") == "株洲县"
    assert region_name("421281", "en") == "Chibi"


def an_office(role: str, region: str) -> Office:
    return Office(role, region, None, Text("机构", "office"), "1")


def test_the_nearest_level_up_is_responsible_where_there_is_no_office() -> None:
    directory = Directory(
        [], [an_office("x", "421281"), an_office("x", "421200"), an_office("x", "420000")]
    )
    for region, responsible in (
        ("421281", "421281"),
        ("421202", "421200"),
        ("420303", "420000"),
        ("430212", "430212"),
    ):
        assert directory.responsible_region("x", region) == responsible
    assert directory.responsible_region("nobody", "421281") == "421281"
    for none in ("", "abc", "42128", "４２１２８１"):
        assert directory.responsible_region("x", none) == none
