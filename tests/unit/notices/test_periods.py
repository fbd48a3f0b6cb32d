"""How long a notice stands: the four real notices of domain.md A8, and when a batch appears."""

from datetime import date

import pytest

from shared.calendar import Calendar
from shared.kernel.clock import shanghai
from shared.notices.collecting import first_working_moment_of_next_month

REAL_NOTICES = [
    pytest.param(date(2024, 3, 12), date(2024, 3, 18), id="湖北省直机关工会-五一-2024"),
    pytest.param(date(2025, 3, 28), date(2025, 4, 3), id="湖北理工学院-五一-2025"),
    pytest.param(date(2023, 8, 17), date(2023, 8, 23), id="福建南平-学徒制-2023"),
    pytest.param(date(2021, 9, 14), date(2021, 9, 18), id="荆楚工匠-2021-调休星期六"),
]


@pytest.mark.parametrize(("first", "last"), REAL_NOTICES)
def test_a_real_notice_of_five_working_days_ends_on_its_last_day(first: date, last: date) -> None:
    period = Calendar().notice_period(shanghai(first, 9), 5, True)
    assert (period.first, period.last, period.provisional) == (first, last, False)
    assert period.at == shanghai(last, 18)


@pytest.mark.parametrize(("first", "last"), REAL_NOTICES)
def test_counting_from_the_next_day_gives_one_working_day_more(first: date, last: date) -> None:
    calendar = Calendar()
    period = calendar.notice_period(shanghai(first, 9), 5, False)
    assert period.last == calendar.add_working_days(last, 1)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2024, 3, 4), date(2024, 4, 1)),
        (date(2024, 3, 31), date(2024, 4, 1)),
        (date(2024, 1, 31), date(2024, 2, 1)),
        (date(2024, 9, 2), date(2024, 10, 8)),
        (date(2024, 12, 31), date(2025, 1, 2)),
        (date(2023, 12, 15), date(2024, 1, 2)),
    ],
)
def test_a_monthly_batch_appears_on_the_next_months_first_working_day(
    today: date, expected: date
) -> None:
    assert first_working_moment_of_next_month(today, Calendar()) == shanghai(expected, 9)
