"""Dates counted in months and years, as 民法典 art. 202 counts them: the corresponding day of the
last month is the last day, and it is inclusive; where there is no such day, that month's last."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(start: date, months: int) -> date:
    """2023-01-31 and 1 month give 2023-02-28; 2024-02-29 and 12 months give 2025-02-28."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:  # a document may say a million months
        return date.max
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def is_within_months(start: date, months: int, on: date) -> bool:
    """Whether `on` is neither before `start` nor after the last day of the period."""
    return start <= on <= add_months(start, months)


def full_years(start: date, on: date) -> int:
    """Whole years from `start` to `on`: the anniversary itself completes one. Negative before."""
    years = on.year - start.year
    return years if add_months(start, 12 * years) <= on else years - 1
