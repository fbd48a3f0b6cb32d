"""Numbers, terms and levels of honours."""

from datetime import date

import pytest

from services.nomination.honours.rules import (
    honour_no,
    honour_region,
    honour_terms,
    is_current,
    may_revoke,
    term_end,
)
from shared.kernel.actor import Membership
from shared.procedures import Procedure

DOCUMENT = """
id: master
title: {{zh: 大师, en: Master}}
version: t1
region: "{region}"
effective: {{from: 2020-01-01}}
source: {{zh: 测试, mark: INFER}}
applicant: [worker]
form: []
steps:
  - {{decide: checks, by: union.reviewer, within: 3wd}}
outcome: {outcome}
"""


def terms(outcome: str, region: str = "420303"):  # type: ignore[no-untyped-def]
    return honour_terms(Procedure.parse(DOCUMENT.format(outcome=outcome, region=region)))


def test_an_honour_that_says_nothing_takes_title_number_and_level_from_its_document() -> None:
    plain = terms("honour")
    assert (plain.title.zh, plain.term_years, plain.level) == ("大师", None, "county")
    assert terms("honour", "42").level == "province"
    number = honour_no(plain, programme="master", region="420303", year=2024, serial=7)
    assert number == "master-420303-2024-0007"


def test_a_procedure_without_an_honour_confers_none() -> None:
    assert terms("{certificates: {}}") is None


@pytest.mark.parametrize(
    ("level", "region"),
    [("county", "420303"), ("city", "420300"), ("province", "420000"), ("unit", "420303")],
)
def test_an_honour_is_conferred_in_the_name_of_the_region_at_its_level(
    level: str, region: str
) -> None:
    assert honour_region(terms(f"{{honour: {{level: {level}}}}}"), "420303") == region


@pytest.mark.parametrize(
    ("conferred", "years", "last"),
    [
        (date(2024, 3, 29), 4, date(2028, 3, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 3, 1), 1, date(2025, 2, 28)),
        (date(2024, 1, 1), 1, date(2024, 12, 31)),
        (date(2024, 1, 1), None, None),
    ],
)
def test_a_term_ends_the_day_before_its_anniversary(
    conferred: date, years: int | None, last: date | None
) -> None:
    assert term_end(conferred, years) == last


def test_an_honour_is_current_from_its_day_to_its_last_day() -> None:
    first, last = date(2024, 3, 29), date(2028, 3, 28)
    days = [date(2024, 3, 28), first, last, date(2028, 3, 29)]
    assert [is_current(first, last, day) for day in days] == [False, True, True, False]
    assert is_current(first, None, date(2099, 1, 1))


def test_an_honour_is_taken_back_by_its_regions_union_or_one_above() -> None:
    def secretary(level: str, region: str) -> list[Membership]:
        return [Membership("union.secretary", None, level, region)]

    assert may_revoke(secretary("county", "420303"), "420303")
    assert may_revoke(secretary("city", "420300"), "420303")
    assert not may_revoke(secretary("county", "420303"), "420300")
    assert not may_revoke(secretary("county", "421281"), "420303")
    assert not may_revoke([Membership("union.reviewer", None, "county", "420303")], "420303")
