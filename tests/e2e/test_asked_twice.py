"""The same request again, and two people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shared.kernel.ids import new_id
from tests.browser.claims import API, PROCEDURE, answers, filed
from tests.servers.system import System


def body(system: System) -> dict[str, Any]:
    form = answers(system)
    numbers = {name: int(form[name]) for name in ("training_days", "attendance_percent")}
    return {"procedure": PROCEDURE, "form": {**form, **numbers}}


def test_the_same_key_gives_the_first_answer_and_another_body_is_refused(system: System) -> None:
    worker = system.person("jinggong-worker6")
    first, headers = body(system), {"Idempotency-Key": new_id()}
    opened = worker.call("POST", f"{API}/cases", json=first, headers=headers)
    again = worker.call("POST", f"{API}/cases", json=first, headers=headers)
    assert (opened.status_code, again.status_code) == (201, 201), (opened.text, again.text)
    assert again.json() == opened.json()
    assert again.headers["location"] == opened.headers["location"]
    other = worker.call("POST", f"{API}/cases", json=body(system), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    mine = worker.get(f"{API}/cases?limit=100")["items"]
    assert sum(1 for each in mine if each["id"] == opened.json()["id"]) == 1


def test_the_same_key_at_once_opens_one_case(system: System) -> None:
    worker = system.person("jinggong-worker6")
    sent, headers = body(system), {"Idempotency-Key": new_id()}

    def send(_: int) -> tuple[int, str]:
        answer = worker.call("POST", f"{API}/cases", json=sent, headers=headers)
        return answer.status_code, str(answer.json().get("id"))

    with ThreadPoolExecutor(4) as pool:
        answered = set(pool.map(send, range(4)))
    assert len(answered) == 1 and next(iter(answered))[0] == 201, answered


def test_two_reviewers_at_once_one_wins_and_the_other_is_told_who(system: System) -> None:
    case_id = filed(system)
    reviewers = [system.person("jinggong-officer"), system.person("jinggong-officer2")]
    task = reviewers[0].task("subsidy", case_id)
    path = f"{API}/tasks/{task['id']}/decision"

    def decide(person: Any) -> tuple[int, dict[str, Any]]:
        answer = person.call("POST", path, json={"outcome": "confirm"})
        return answer.status_code, answer.json()

    with ThreadPoolExecutor(2) as pool:
        (one, won), (two, lost) = sorted(pool.map(decide, reviewers), key=lambda each: each[0])
    assert (one, two) == (201, 409), (won, lost)
    assert lost["code"] == "task_taken"
    assert won["decided_by_name"] in ("王建国", "李晓梅")
    assert won["decided_by_name"] in lost["detail"]


def test_a_task_seen_in_an_older_version_is_not_decided(system: System) -> None:
    case_id = filed(system)
    officer = system.person("jinggong-officer")
    task = officer.task("subsidy", case_id)
    officer.post(f"{API}/tasks/{task['id']}/claim")
    colleague = system.person("jinggong-officer2")
    path = f"{API}/tasks/{task['id']}/decision"
    taken = colleague.post(path, {"outcome": "confirm"}, expect=409)
    assert taken["code"] == "task_taken" and "王建国" in taken["detail"]
    stale = officer.call(
        "POST", path, json={"outcome": "confirm"}, headers={"If-Match": f'"{task["version"]}"'}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "task_changed")
    officer.post(f"{API}/tasks/{task['id']}/release")
    colleague.decide("subsidy", case_id, "confirm")
