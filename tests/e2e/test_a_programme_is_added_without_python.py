"""A document dropped into the catalogue of a running system is a programme: from the form to the
conferral, in a region that nothing shipped knows. A broken one is reported and changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.servers.system import Person, System, until

API = "/nomination/api/v1"
DOCUMENTS = Path(__file__).parent / "documents"
PROGRAMME = "lukou-craftsman"
LUKOU = "430212"
LUZHOU = "91430212MA4900003X"
NOMINEE = {"name": "彭志刚", "identity_number": "430212198312202713"}
FORM = {
    **NOMINEE,
    "region": LUKOU,
    "employer": LUZHOU,
    "post": "front_line",
    "years": 18,
    "deeds": "从事数控加工十八年，改进刀具三十余项，带徒十二人。",
}
MINUTES = {"minutes_no": "渌工领〔2024〕3号", "present": 8, "in_favour": 7, "against": 1}


def programmes(system: System) -> dict[str, dict[str, Any]]:
    answer = system.http.get(f"{API}/procedures", params={"region": LUKOU})
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["items"]}


def dropped(system: System, catalogue: Path) -> dict[str, Any]:
    shutil.copy(DOCUMENTS / f"{PROGRAMME}.yaml", catalogue)
    found: dict[str, Any] = until(
        lambda: programmes(system).get(PROGRAMME), "it can be applied for"
    )
    return found


def test_a_programme_is_added_without_python(
    system: System,
    catalogue: Path,
    events_of: Callable[[str, str], list[dict[str, Any]]],
) -> None:
    assert PROGRAMME not in programmes(system)
    programme = dropped(system, catalogue)
    assert programme["title"] == {"zh": "渌口工匠", "en": "Lukou craftsman"}
    officer = system.person("luzhou-officer")
    case = officer.post(f"{API}/cases", {"procedure": PROGRAMME, "form": FORM})
    assert NOMINEE["identity_number"] not in str(case)
    _noticed(system, officer, case["id"], "unit_notice")
    _decided(system, case["id"])
    _noticed(system, officer, case["id"], "public_notice")
    system.person("lukou-union-secretary").decide("nomination", case["id"], "approve")
    system.person("lukou-bureau-leader").decide("nomination", case["id"], "approve")
    honour = until(lambda: _on_the_roll(system), "the roll shows the honour")
    assert honour["holder_name"] == "彭志刚"
    assert honour["level_of_honour"] == "county"
    [event] = until(lambda: _conferred(events_of, case["id"]), "the honour is published")
    assert event["data"]["honour_no"] == honour["honour_no"]
    assert event["data"]["region"] == LUKOU
    assert NOMINEE["identity_number"] not in str(event)
    page = system.http.get("/nomination/honours", headers={"Accept": "text/html"})
    assert honour["honour_no"] in page.text and "渌口工匠" in page.text


def _noticed(system: System, reader: Person, case_id: str, step: str) -> None:
    """Looked for by its number: a notice of one day may be over before anybody looks."""

    def noticed() -> str | None:
        steps = reader.get(f"{API}/cases/{case_id}")["steps"]
        return next((each["notice_id"] for each in steps if each["key"] == step), None)

    notice_id = until(noticed, f"{case_id} has its notice {step}", 120)
    shown = system.http.get(f"{API}/notices/{notice_id}").json()
    assert [row["name"] for row in shown["rows"]] == ["彭志刚"], shown
    assert NOMINEE["identity_number"] not in str(shown)


def _decided(system: System, case_id: str) -> None:
    union, leader = system.person("lukou-union-reviewer"), system.person("lukou-union-leader")
    union.decide("nomination", case_id, "approve")
    for department in ("tax", "emergency", "environment"):
        officer = system.person(f"lukou-department-{department}")
        officer.decide("nomination", case_id, "support", "无不良记录。")
    task = leader.task("nomination", case_id)
    path = f"{API}/tasks/{task['id']}/decision"
    too_few = {
        "outcome": "approve",
        "data": {**MINUTES, "present": 5, "in_favour": 5, "against": 0},
    }
    assert leader.post(path, too_few, expect=422)["code"] == "quorum_not_reached"
    elsewhere = system.person("zhangwan-union-leader")
    assert elsewhere.post(path, {"outcome": "approve"}, expect=403)["code"] == "not_your_task"
    leader.decide("nomination", case_id, "approve", "同意授予。", **MINUTES)


def _on_the_roll(system: System) -> dict[str, Any] | None:
    answer = system.http.get(f"{API}/honours", params={"programme": PROGRAMME})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return items[0] if items else None


def _conferred(
    events_of: Callable[[str, str], list[dict[str, Any]]], case_id: str
) -> list[dict[str, Any]]:
    events = events_of("nomination", "nomination.honour_conferred.v1")
    return [event for event in events if event["data"]["case_id"] == case_id]


def test_a_broken_document_is_reported_and_the_running_version_stays(
    system: System, catalogue: Path
) -> None:
    before = dropped(system, catalogue)
    shutil.copy(DOCUMENTS / "broken.yaml", catalogue)
    operator = system.person("operator")

    def reported() -> list[dict[str, Any]]:
        items = operator.get(f"{API}/procedures/problems")["items"]
        return [each for each in items if each["file"].endswith("broken.yaml")]

    problems = until(reported, "the broken document is reported")
    said = " ".join(
        f"{each['path']} {each['text']['zh']} {each['text']['en']}" for each in problems
    )
    assert "union.revewer" in said and "lenght" in said
    assert "error" in {each["severity"] for each in problems}
    assert all(each["line"] and each["text"]["zh"] and each["text"]["en"] for each in problems)
    assert programmes(system)[PROGRAMME] == before
    refused = system.person("luzhou-officer").call("GET", f"{API}/procedures/problems")
    assert refused.status_code == 403
