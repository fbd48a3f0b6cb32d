"""One worklist over the services; one that does not answer is said to be away."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.demonstration.rosters import roster_file
from shared.kernel.ids import new_id
from tests.browser.claims import API, CHIBI, EMPLOYER, filed, today
from tests.browser.visitor import Visitor
from tests.servers.system import System

ORGANISATION = "52421200MJ4900004E"
ROSTER = 150  # one that no story comes to


@contextmanager
def stopped(system: System, name: str) -> Iterator[None]:
    """The process and its children do nothing meanwhile: connections are taken, not answered."""
    status = json.loads((system.state / "status.json").read_text(encoding="utf-8"))
    pid = next(each["pid"] for each in status["processes"] if each["name"] == name)
    tree = [pid, *children(pid)]
    for each in tree:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in tree:
            os.kill(each, signal.SIGCONT)


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [each for child in map(int, found) for each in (child, *children(child))]


def file_the_organisation(system: System) -> None:
    """Unless the story has: it may not assess before its filing."""
    path = "/assessment/api/v1/organisations"
    if system.http.get(f"{path}/{ORGANISATION}").status_code == 200:
        return
    year = int(today(system)[:4])
    filing = {
        "code": ORGANISATION,
        "name": "咸宁市匠心职业技能评价中心",
        "region": "421200",
        "category": "S",
        "organisation_code": "0000",
        "province": "42",
        "site_serial": "000017",
        "valid_from": f"{year}-01-01",
        "valid_until": f"{year + 2}-12-31",
        "document": "备案文件（演示）",
        "scope": [{"occupation": "6-18-02-04", "levels": ["5", "4", "3"]}],
    }
    system.person("hubei-centre-officer").post(path, filing)


def a_sitting(system: System) -> str:
    """The enterprise confirms its roster: a task of assessment beside those of subsidy."""
    file_the_organisation(system)
    form = {
        "occupation": "6-18-02-04",
        "level": "4",
        "held_on": today(system),
        "place": f"考场 {new_id()}",
        "region": CHIBI,
        "employer": EMPLOYER,
    }
    answer = system.person("jiangxin-officer1").call(
        "POST",
        "/assessment/api/v1/sittings",
        data=form,
        files={"roster": ("名单.xlsx", roster_file(ROSTER), "application/octet-stream")},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_the_worklist_is_over_all_services_and_names_the_one_that_is_away(
    system: System, visit: Callable[..., Visitor]
) -> None:
    claim, sitting = filed(system), a_sitting(system)
    officer = visit("jinggong-officer2")
    officer.waits_to_see("/worklist", claim)
    officer.waits_to_see("/worklist", sitting)
    if not Path("/proc/self/task").exists():
        pytest.skip("stopping a process tree: /proc is needed")
    with stopped(system, "subsidy-web"):
        officer.open("/worklist")
        officer.sees("“补贴”暂时没有应答", sitting)
        assert claim not in officer.main_text()
    officer.waits_to_see("/worklist", claim)
    assert "暂时没有应答" not in officer.main_text()
    assert system.person("jinggong-worker2").get(f"{API}/cases/{claim}")["status"] == "in_progress"
