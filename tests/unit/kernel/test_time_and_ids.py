from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from shared.kernel.actor import Actor, Membership
from shared.kernel.clock import ManualClock, WallClock, shanghai, shanghai_date, wall_now
from shared.kernel.ids import new_id


def test_identifiers_are_of_version_7_and_sort_as_they_were_made() -> None:
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {UUID(each).version for each in made} == {7}
    assert {UUID(each).variant for each in made} == {UUID(made[0]).variant}


def test_identifiers_of_many_threads_are_distinct() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [new_id() for _ in range(500)], range(16)))
    assert len({each for batch in made for each in batch}) == 8_000


def test_a_day_in_china_begins_at_sixteen_hours_utc_of_the_day_before() -> None:
    assert shanghai(date(2024, 3, 4)) == datetime(2024, 3, 3, 16, tzinfo=UTC)
    assert shanghai(date(2024, 3, 4), 24) == shanghai(date(2024, 3, 5))
    assert shanghai_date(datetime(2024, 3, 3, 16, tzinfo=UTC)) == date(2024, 3, 4)
    assert shanghai_date(datetime(2024, 3, 3, 15, 59, tzinfo=UTC)) == date(2024, 3, 3)


def test_a_manual_clock_stands_still_until_it_is_moved_and_never_runs_back() -> None:
    clock = ManualClock(date(2024, 3, 4))
    assert (clock.today(), clock.now()) == (date(2024, 3, 4), shanghai(date(2024, 3, 4), 9))
    assert clock.wall_seconds_until(shanghai(date(2024, 3, 4), 10)) == 3600
    clock.advance(timedelta(days=1))
    clock.advance_to(date(2024, 3, 6))
    assert clock.today() == date(2024, 3, 6)
    assert clock.wall_seconds_until(shanghai(date(2024, 3, 4))) == 0
    with pytest.raises(ValueError):
        clock.advance_to(date(2024, 3, 5))
    with pytest.raises(ValueError):
        ManualClock(datetime(2024, 3, 4))  # noqa: DTZ001


def test_the_wall_clock_is_aware_and_counts_the_seconds_left() -> None:
    clock = WallClock()
    assert clock.now().tzinfo == UTC
    assert clock.today() == shanghai_date(clock.now())
    assert 3500 < clock.wall_seconds_until(wall_now() + timedelta(hours=1)) <= 3600
    assert clock.wall_seconds_until(wall_now() - timedelta(hours=1)) == 0


def test_an_actor_has_the_roles_of_its_memberships() -> None:
    actor = Actor("ref", "周敏", (Membership("union.reviewer", None, "county", "421281"),))
    assert actor.has_role("union.reviewer")
    assert not actor.has_role("bureau.officer")
