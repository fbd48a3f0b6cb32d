from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.audit import AuditEntry
from shared.calendar import Calendar
from shared.calendar.__main__ import main
from shared.calendar.handlers import DayOutsideYear, HolidaysMissing, enter_year, load_overrides
from shared.calendar.reloading import ReloadingCalendar
from shared.kernel.actor import Actor
from shared.persistence import Sessions, open_engine, open_sessions

AT = datetime(2026, 11, 4, 8, tzinfo=UTC)
OPERATOR = Actor("ref", "操作员")
NEW_YEAR, MADE_UP = date(2027, 1, 1), date(2027, 1, 9)


@pytest.fixture
def url(database: Callable[[str], str]) -> str:
    return database("nomination")


@pytest.fixture
def sessions(url: str) -> Iterator[Sessions]:
    engine = open_engine(url, "test")
    yield open_sessions(engine)
    engine.dispose()


def enter(sessions: Sessions, days: dict[date, bool], year: int = 2027) -> None:
    with sessions.begin() as session:
        enter_year(session, year=year, days=days, source="国办发明电", at=AT, actor=OPERATOR)


def test_an_entered_year_is_covered_and_its_days_count(sessions: Sessions) -> None:
    enter(sessions, {NEW_YEAR: False, MADE_UP: True})
    with sessions.begin() as session:
        calendar = Calendar(load_overrides(session))
        assert [entry.action for entry in session.query(AuditEntry)] == ["calendar_year_entered"]
    assert calendar.covered(NEW_YEAR)
    assert calendar.is_working_day(MADE_UP) and not calendar.is_working_day(NEW_YEAR)


def test_a_year_entered_again_replaces_what_was_entered_before(sessions: Sessions) -> None:
    enter(sessions, {NEW_YEAR: False, MADE_UP: True})
    enter(sessions, {NEW_YEAR: False})
    with sessions.begin() as session:
        assert dict(load_overrides(session).days) == {NEW_YEAR: False}


def test_a_table_that_cannot_be_right_is_refused(sessions: Sessions) -> None:
    with pytest.raises(DayOutsideYear):
        enter(sessions, {date(2028, 1, 1): False})
    with pytest.raises(HolidaysMissing):
        enter(sessions, {MADE_UP: True})


def test_a_year_is_entered_from_a_file_by_command(
    url: str, sessions: Sessions, tmp_path: Path
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text("day,working\n2027-01-01,no\n2027-01-09,yes\n", encoding="utf-8-sig")
    assert main(["enter", url, "2027", str(file), "国办发明电"]) == 0
    with sessions.begin() as session:
        assert load_overrides(session).years == {2027}


def test_a_running_process_goes_by_a_new_table_within_a_minute(sessions: Sessions) -> None:
    now = 100.0
    calendar = ReloadingCalendar(sessions, 60.0, lambda: now)
    assert not calendar.covered(NEW_YEAR)
    enter(sessions, {NEW_YEAR: False, MADE_UP: True})
    now = 159.0
    assert not calendar.covered(NEW_YEAR)
    now = 161.0
    assert calendar.covered(NEW_YEAR) and calendar.is_working_day(MADE_UP)
