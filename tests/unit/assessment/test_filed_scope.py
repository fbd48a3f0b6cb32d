from dataclasses import replace
from datetime import date

import pytest

from services.assessment.organisations.rules import (
    Filing,
    OrganisationNotFiled,
    OutOfScope,
    OwnStaffOnly,
    ensure_in_scope,
    ensure_own_staff,
)

WELDER = "6-18-02-04"


def filing(version: int = 1, since: int = 2022, levels: str = "543") -> Filing:
    return Filing(
        version,
        "S",
        "0000",
        "42",
        "000017",
        date(since, 1, 1),
        date(since + 2, 12, 31),
        frozenset((WELDER, level) for level in levels),
    )


def test_the_site_is_the_beginning_of_every_number() -> None:
    assert filing().site == "S000042000017"


def test_both_ends_of_the_period_are_valid() -> None:
    for day in (date(2022, 1, 1), date(2024, 12, 31)):
        assert ensure_in_scope([filing()], WELDER, "4", day).version == 1


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2025, 1, 1)])
def test_a_day_outside_the_period_is_refused(day: date) -> None:
    with pytest.raises(OrganisationNotFiled):
        ensure_in_scope([filing()], WELDER, "4", day)


def test_another_level_or_occupation_is_refused() -> None:
    for occupation, level in ((WELDER, "2"), ("6-18-01-01", "4")):
        with pytest.raises(OutOfScope):
            ensure_in_scope([filing()], occupation, level, date(2024, 3, 4))


def test_the_newest_version_that_is_valid_counts() -> None:
    both = [filing(), filing(version=2, since=2024, levels="54")]
    assert ensure_in_scope(both, WELDER, "3", date(2023, 6, 1)).version == 1
    with pytest.raises(OutOfScope):
        ensure_in_scope(both, WELDER, "3", date(2024, 6, 1))


def test_a_newer_version_takes_the_place_of_the_older_from_its_first_day_on() -> None:
    ends_earlier = replace(filing(version=2, since=2023), valid_until=date(2023, 6, 30))
    both = [filing(), ends_earlier]
    assert ensure_in_scope(both, WELDER, "4", date(2022, 12, 31)).version == 1
    assert ensure_in_scope(both, WELDER, "4", date(2023, 6, 30)).version == 2
    with pytest.raises(OrganisationNotFiled):
        ensure_in_scope(both, WELDER, "4", date(2023, 7, 1))


def test_a_renewal_filed_ahead_follows_on_what_was_filed_after_it() -> None:
    renewal = replace(filing(version=2, since=2025), valid_until=date(2027, 12, 31))
    renamed = replace(filing(version=3, since=2024), valid_until=date(2024, 12, 31))
    filings = [filing(), renewal, renamed]
    assert ensure_in_scope(filings, WELDER, "4", date(2024, 7, 1)).version == 3
    assert ensure_in_scope(filings, WELDER, "4", date(2025, 1, 1)).version == 2
    ends_it_all = replace(renamed, valid_until=date(2025, 6, 30))
    with pytest.raises(OrganisationNotFiled):
        ensure_in_scope([filing(), renewal, ends_it_all], WELDER, "4", date(2025, 7, 1))


def test_an_employer_assesses_its_own_staff_and_a_third_party_anybody() -> None:
    own, other = "91421281MA4900001X", "91110000600037341L"
    employers = replace(filing(), category="Y")
    ensure_own_staff(employers, own, own)
    for employer in (other, None):
        ensure_own_staff(filing(), own, employer)
        with pytest.raises(OwnStaffOnly):
            ensure_own_staff(employers, own, employer)
