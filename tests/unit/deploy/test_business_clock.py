"""Business time passes only while a system is up: its keeper and those who follow it."""

import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.run.business_clock import ANCHOR, BusinessClock, keep, seconds_per_working_day
from deploy.run.words import CannotStart
from shared.calendar import Calendar
from shared.calendar.demonstration import DemonstrationClock
from shared.calendar.pace import GRACE_SECONDS, KeptPace

SPEED = 5.0
DAY = 86_400.0


class Machine:
    """Wall time, a keeper and a process that follows it."""

    def __init__(self, folder: Path) -> None:
        self.file, self.now = folder / "clock.json", 1_000.0
        self.reader = KeptPace(self.file, SPEED, self.wall)

    def wall(self) -> float:
        return self.now

    def keeper(self, speed: float = SPEED) -> BusinessClock:
        return BusinessClock(self.file, speed, self.wall)

    def pass_time(self, keeper: BusinessClock, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1.0
            keeper.beat()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_clock_stands_still_until_the_system_is_up(machine: Machine) -> None:
    assert machine.reader.lived() == 0.0
    keeper = machine.keeper()
    machine.pass_time(keeper, 600)  # a loaded machine starts slowly
    assert machine.reader.lived() == 0.0
    keeper.run()
    machine.pass_time(keeper, 50)
    assert machine.reader.lived() == pytest.approx(10.0)


def test_the_clock_stands_still_while_the_system_is_down(machine: Machine) -> None:
    keeper = machine.keeper()
    keeper.run()
    machine.pass_time(keeper, 50)
    keeper.stop()
    machine.now += 7 * DAY
    assert machine.reader.lived() == pytest.approx(10.0)

    again = machine.keeper()
    again.run()
    machine.pass_time(again, 5)

    assert machine.reader.lived() == pytest.approx(11.0)


def test_without_its_keeper_the_clock_stands_still_and_no_moment_comes_twice(
    machine: Machine,
) -> None:
    keeper = machine.keeper()
    keeper.run()
    machine.pass_time(keeper, 50)
    machine.now += 0.9  # shown to people, not saved any more; then it is killed
    shown = machine.reader.lived()
    machine.now += 7 * DAY
    standing = machine.reader.lived()
    assert shown < standing <= shown + GRACE_SECONDS / SPEED

    again = machine.keeper()
    assert machine.reader.lived() == pytest.approx(standing)
    fresh = KeptPace(machine.file, SPEED, machine.wall)
    assert fresh.lived() == pytest.approx(standing)
    again.run()
    machine.pass_time(again, 5)
    assert fresh.lived() == pytest.approx(standing + 1.0)


def test_a_machine_that_slept_or_was_late_makes_no_jump(machine: Machine) -> None:
    keeper = machine.keeper()
    keeper.run()
    machine.pass_time(keeper, 10)
    machine.now += 8 * 3600
    before = machine.reader.lived()
    keeper.beat()
    assert machine.reader.lived() == pytest.approx(before)


def test_another_speed_goes_on_from_the_same_moment(machine: Machine) -> None:
    keeper = machine.keeper()
    keeper.run()
    machine.pass_time(keeper, 50)
    keeper.stop()

    faster = machine.keeper(0.5)
    assert faster.setting().endswith(":0.5")
    faster.run()
    machine.pass_time(faster, 1)

    assert machine.reader.lived() == pytest.approx(12.0)


def test_a_timer_set_while_the_clock_stands_is_for_when_it_runs(machine: Machine) -> None:
    calendar = Calendar()
    clock = DemonstrationClock(date.fromisoformat(ANCHOR), machine.reader, calendar, machine.wall)
    due = calendar.due(clock.now(), 2).at
    left = clock.wall_seconds_until(due)
    keeper = machine.keeper()
    keeper.run()
    machine.pass_time(keeper, int(left))
    assert clock.now() < due
    machine.pass_time(keeper, 2)
    assert clock.now() >= due


def test_a_file_that_an_earlier_version_left_goes_on_from_its_moment(machine: Machine) -> None:
    machine.file.write_text('{"working_days": 10.0, "stopped": true}', encoding="utf-8")
    assert machine.reader.lived() == 0.0  # it does not say enough to follow
    keeper = machine.keeper()
    keeper.run()
    assert machine.reader.lived() == pytest.approx(10.0)


def test_in_containers_the_clock_runs_once_every_service_answers(tmp_path: Path) -> None:
    ready = threading.Event()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if ready.is_set() else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Door)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    stop = threading.Event()
    file = tmp_path / "clock.json"
    door = f"http://127.0.0.1:{server.server_port}/subsidy/ready"
    keeping = threading.Thread(target=keep, args=(file, 0.05, [door], stop))
    keeping.start()
    try:
        reader = KeptPace(file, 0.05)
        assert not stop.wait(1.5) and reader.lived() == 0.0
        ready.set()
        deadline = threading.Event()
        for _ in range(100):
            if reader.lived() > 0 or deadline.wait(0.1):
                break
        assert reader.lived() > 0
    finally:
        stop.set()
        keeping.join()
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.mark.parametrize("text", ["0", "-1", "soon", "inf", "nan"])
def test_a_speed_that_is_none_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(CannotStart, match=r"应为[\s\S]*must be"):
        seconds_per_working_day(text)
