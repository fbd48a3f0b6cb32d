from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import Calendar, Overrides
from shared.calendar.working_days import BUILT_IN_YEARS
from shared.kernel.clock import shanghai

CALENDAR = Calendar()
DAYS = st.dates(date(2020, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("first", "last", "source"),
    [
        (date(2024, 3, 12), date(2024, 3, 18), "湖北省直机关工会 五一"),
        (date(2025, 3, 28), date(2025, 4, 3), "湖北理工学院 五一"),
        (date(2023, 8, 17), date(2023, 8, 23), "福建南平 学徒制"),
        (date(2021, 9, 14), date(2021, 9, 18), "荆楚工匠, ends on a make-up Saturday"),
    ],
)
def test_real_notices_of_five_working_days_end_when_they_did(
    first: date, last: date, source: str
) -> None:
    period = CALENDAR.notice_period(shanghai(first, 9), 5, first_day_counts=True)
    assert (period.first, period.last) == (first, last), source
    assert period.at == datetime(last.year, last.month, last.day, 10, tzinfo=UTC)
    assert not period.provisional


def test_a_notice_whose_first_day_does_not_count_is_one_working_day_longer() -> None:
    period = CALENDAR.notice_period(shanghai(date(2024, 3, 12), 9), 5, first_day_counts=False)
    assert period.last == date(2024, 3, 19)


def test_a_notice_posted_on_a_day_off_begins_to_count_on_the_next_working_day() -> None:
    saturday = shanghai(date(2024, 3, 9), 9)
    for counts in (True, False):
        period = CALENDAR.notice_period(saturday, 5, first_day_counts=counts)
        assert period.last == date(2024, 3, 15)
    with pytest.raises(ValueError):
        CALENDAR.notice_period(saturday, 0, first_day_counts=True)


@pytest.mark.parametrize(
    ("published", "length", "last"),
    [
        (shanghai(date(2024, 3, 12), 18) - timedelta(seconds=1), 1, date(2024, 3, 12)),
        (shanghai(date(2024, 3, 12), 18), 1, date(2024, 3, 13)),
        (shanghai(date(2024, 3, 12), 20), 5, date(2024, 3, 19)),
        (shanghai(date(2024, 3, 8), 23), 1, date(2024, 3, 11)),  # a Friday night
        (datetime(2024, 3, 11, 16, 30, tzinfo=UTC), 1, date(2024, 3, 12)),  # 00:30 in China
    ],
)
def test_a_day_whose_closing_hour_has_passed_does_not_count(
    published: datetime, length: int, last: date
) -> None:
    period = CALENDAR.notice_period(published, length, first_day_counts=True)
    assert (period.last, period.at) == (last, shanghai(last, 18))
    late = CALENDAR.notice_period(published, length, first_day_counts=False)
    assert late.at > published + timedelta(hours=10)


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    assert CALENDAR.is_working_day(date(2024, 2, 18))  # a Sunday
    assert not CALENDAR.is_working_day(date(2024, 2, 16))  # a Friday
    assert CALENDAR.add_working_days(date(2024, 2, 8), 2) == date(2024, 2, 18)


@given(DAYS, st.integers(0, 60))
def test_adding_and_counting_working_days_agree(day: date, n: int) -> None:
    later = CALENDAR.add_working_days(day, n)
    assert CALENDAR.working_days_between(day, later) == n
    assert CALENDAR.working_days_between(later, day) == -n
    assert n == 0 or CALENDAR.is_working_day(later)


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_working_days_add_up(day: date, a: int, b: int) -> None:
    steps = CALENDAR.add_working_days(CALENDAR.add_working_days(day, a), b)
    assert steps == CALENDAR.add_working_days(day, a + b)


@given(DAYS, st.integers(1, 40))
def test_going_back_undoes_going_on_from_a_working_day(day: date, n: int) -> None:
    start = CALENDAR.add_working_days(day, 1)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, n), -n) == start


@given(DAYS, st.integers(0, 23), st.integers(1, 40))
def test_a_time_limit_ends_at_eighteen_hours_whatever_the_hour_of_its_start(
    day: date, hour: int, n: int
) -> None:
    due = CALENDAR.due(shanghai(day, hour), n)
    assert due.at == shanghai(CALENDAR.add_working_days(day, n), 18)


def test_due_dates_past_the_announced_years_are_provisional_until_the_table_arrives() -> None:
    start = shanghai(date(2026, 12, 28), 9)
    calendar = Calendar()
    assert not calendar.due(start, 3).provisional
    assert calendar.due(start, 10).provisional
    before = calendar.due(start, 10).at
    table = {date(2027, 1, 1): False, date(2027, 1, 4): False, date(2027, 1, 9): True}
    calendar.override(Overrides(table, frozenset({2027})))
    assert not calendar.due(start, 10).provisional
    assert calendar.covered(date(2027, 5, 1))
    assert calendar.due(start, 10).at == before  # a Monday off, and the Saturday after made up
    assert calendar.due(start, 6).at > Calendar().due(start, 6).at


def test_a_single_day_can_be_overridden_in_an_announced_year() -> None:
    flood = date(2024, 7, 3)
    calendar = Calendar(Overrides({flood: False}))
    assert CALENDAR.is_working_day(flood) and not calendar.is_working_day(flood)
    assert calendar.covered(flood)


def test_the_built_in_years_are_those_whose_make_up_days_the_library_knows() -> None:
    first, last = BUILT_IN_YEARS
    made_up = {
        day.year
        for year in range(first, last + 2)
        for day in holidays.country_holidays("CN", years=year).weekend_workdays
    }
    assert made_up >= set(range(first, last + 1))
    assert last + 1 not in made_up, "a new table has arrived: move BUILT_IN_YEARS"


def test_the_national_days_of_2025_are_one_long_holiday() -> None:
    off = [date(2025, 10, 1) + timedelta(days=i) for i in range(8)]
    assert not any(map(CALENDAR.is_working_day, off))
    assert CALENDAR.is_working_day(date(2025, 9, 28)) and CALENDAR.is_working_day(
        date(2025, 10, 11)
    )
