from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import Calendar
from shared.calendar.demonstration import ClockRefused, DemonstrationClock, clock_from
from shared.calendar.pace import SteadyPace
from shared.kernel.clock import WallClock, shanghai

ANCHOR = date(2024, 3, 4)
ORIGIN = 1_800_000_000.0
SECONDS = 10.0


class Wall:
    def __init__(self) -> None:
        self.at = ORIGIN

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def clock(wall: Wall) -> DemonstrationClock:
    return DemonstrationClock(ANCHOR, SteadyPace(ORIGIN, SECONDS, wall), Calendar(), wall)


def test_it_begins_at_the_anchor(clock: DemonstrationClock) -> None:
    assert clock.now() == shanghai(ANCHOR)
    assert clock.today() == ANCHOR


def test_before_its_origin_it_stands_at_the_anchor(clock: DemonstrationClock, wall: Wall) -> None:
    wall.at -= 100
    assert clock.now() == shanghai(ANCHOR)


def test_a_working_day_takes_its_seconds_and_a_weekend_none(
    clock: DemonstrationClock, wall: Wall
) -> None:
    wall.at += 5 * SECONDS - 0.001
    assert clock.today() == date(2024, 3, 8)
    wall.at += 0.002
    assert clock.today() == date(2024, 3, 11)


def test_the_hours_of_a_day_pass_evenly(clock: DemonstrationClock, wall: Wall) -> None:
    wall.at += SECONDS * 1.75
    assert clock.now() == shanghai(date(2024, 3, 5), 18)


@given(st.datetimes(datetime(2024, 3, 4), datetime(2026, 3, 1)), st.floats(0, 3000))  # noqa: DTZ001
def test_after_the_seconds_left_the_moment_has_come(at: datetime, passed: float) -> None:
    wall = Wall()
    clock = DemonstrationClock(ANCHOR, SteadyPace(ORIGIN, SECONDS, wall), Calendar(), wall)
    wall.at += passed
    moment = at.replace(tzinfo=UTC)
    left = clock.wall_seconds_until(moment)
    assert left == 0 if clock.now() >= moment else left > 0
    wall.at += left
    assert clock.now() >= moment


def test_what_falls_on_a_day_off_comes_as_the_next_working_day_begins(
    clock: DemonstrationClock,
) -> None:
    saturday = shanghai(date(2024, 3, 9), 12)
    assert clock.wall_seconds_until(saturday) == pytest.approx(5 * SECONDS)
    assert clock.wall_seconds_until(saturday - timedelta(days=1)) == pytest.approx(4.5 * SECONDS)


def test_two_processes_with_the_same_setting_agree(wall: Wall) -> None:
    wall.at += 1234.5
    clocks = [
        DemonstrationClock(ANCHOR, SteadyPace(ORIGIN, SECONDS, wall), Calendar(), wall)
        for _ in range(2)
    ]
    assert clocks[0].now() == clocks[1].now()


def test_the_setting_says_which_clock() -> None:
    calendar = Calendar()
    assert isinstance(clock_from("wall", "production", calendar), WallClock)
    setting = "demonstration:2024-03-04:1800000000:10"
    assert isinstance(clock_from(setting, "demonstration", calendar), DemonstrationClock)
    assert isinstance(clock_from(setting, "test", calendar), DemonstrationClock)


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "sundial",
        "demonstration",
        "demonstration:2024-03-04:1",
        "demonstration:2024-03-04:clock.json:5",
        "demonstration:2024-03-04:/clock.json:0",
        "demonstration:soon:1:10",
        "demonstration:2024-03-04:1:0",
    ],
)
def test_a_setting_that_cannot_be_read_is_refused(setting: str) -> None:
    with pytest.raises(ClockRefused):
        clock_from(setting, "test", Calendar())


def test_production_refuses_the_demonstration_clock() -> None:
    with pytest.raises(ClockRefused):
        clock_from("demonstration:2024-03-04:1800000000:10", "production", Calendar())
