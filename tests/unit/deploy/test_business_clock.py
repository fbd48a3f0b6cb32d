from pathlib import Path

import pytest

from deploy.run.business_clock import BusinessClock, seconds_per_working_day
from deploy.run.words import CannotStart


def lived(clock: BusinessClock, now: float) -> float:
    return (now - clock.origin) / clock.seconds


def test_the_clock_stands_still_while_the_system_is_down(tmp_path: Path) -> None:
    now = [1_000.0]
    first = BusinessClock(tmp_path / "clock.json", 5.0, lambda: now[0])
    now[0] += 50.0
    first.save(stopped=True)
    now[0] += 86_400.0

    again = BusinessClock(tmp_path / "clock.json", 5.0, lambda: now[0])

    assert lived(again, now[0]) == pytest.approx(10.0)


def test_after_a_kill_no_moment_comes_twice(tmp_path: Path) -> None:
    now = [1_000.0]
    first = BusinessClock(tmp_path / "clock.json", 5.0, lambda: now[0])
    now[0] += 50.0
    first.save()
    now[0] += 0.9  # shown to people, not saved any more
    shown = lived(first, now[0])
    now[0] += 600.0

    again = BusinessClock(tmp_path / "clock.json", 5.0, lambda: now[0])

    assert shown < lived(again, now[0]) < shown + 1


def test_another_speed_goes_on_from_the_same_moment(tmp_path: Path) -> None:
    now = [1_000.0]
    BusinessClock(tmp_path / "clock.json", 5.0, lambda: now[0])
    now[0] += 50.0
    first = BusinessClock(tmp_path / "clock.json", 5.0, lambda: now[0])
    before = lived(first, now[0])
    first.save(stopped=True)

    faster = BusinessClock(tmp_path / "clock.json", 0.5, lambda: now[0])

    assert lived(faster, now[0]) == pytest.approx(before)
    assert faster.setting().endswith(":0.5")


@pytest.mark.parametrize("text", ["0", "-1", "soon", "inf", "nan"])
def test_a_speed_that_is_none_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(CannotStart, match=r"应为[\s\S]*must be"):
        seconds_per_working_day(text)
