from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.procedures.months import add_months, full_years, is_within_months

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2023-01-10", 12, "2024-01-10"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2024-03-31", -1, "2024-02-29"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(
    start: str, months: int, last: str
) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(last)


@given(DAYS, st.integers(0, 600))
def test_a_month_is_never_jumped_over_and_a_day_only_clamped(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == min(start.day, monthrange(end.year, end.month)[1])


@given(DAYS, st.integers(0, 60))
def test_the_last_day_counts_and_the_day_after_does_not(start: date, months: int) -> None:
    last = add_months(start, months)
    assert is_within_months(start, months, start)
    assert is_within_months(start, months, last)
    assert not is_within_months(start, months, last + timedelta(days=1))
    assert not is_within_months(start, months, start - timedelta(days=1))


@given(DAYS, st.integers(0, 36500))
def test_full_years_are_complete_on_the_anniversary(start: date, days: int) -> None:
    on = start + timedelta(days=days)
    years = full_years(start, on)
    assert add_months(start, 12 * years) <= on < add_months(start, 12 * (years + 1))


def test_who_was_born_on_29_february_completes_a_year_on_28_february() -> None:
    assert full_years(date(2004, 2, 29), date(2023, 2, 27)) == 18
    assert full_years(date(2004, 2, 29), date(2023, 2, 28)) == 19
