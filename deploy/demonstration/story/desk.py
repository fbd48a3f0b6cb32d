"""How an officer works: takes the tasks of the story's cases from the worklist, as they appear."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.demonstration.story.client import Person, Refused
from deploy.demonstration.story.telling import Story

# The registry has not answered yet, or a colleague was faster: the worklist tells what is left.
COMES_AGAIN = ("finding_unknown", "task_taken", "task_changed")


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def decide(
    story: Story,
    officer: Person,
    service: str,
    step: str,
    cases: Collection[str],
    answer: Answer | Callable[[str], Answer],
    *,
    may_pass: bool = False,
) -> list[str]:
    """Decides `step` of every one of `cases`, each as its task appears; answers those it decided.
    `may_pass`: silence means consent there, and on a slow machine it may come first."""
    left, done = set(cases), list[str]()

    def round_of_the_worklist() -> bool:
        for task in officer.everything(f"/{service}/api/v1/tasks"):
            if task["case_id"] not in left or task["step"] != step:
                continue
            chosen = answer if isinstance(answer, Answer) else answer(task["case_id"])
            if _decided(officer, service, task["id"], chosen):
                left.discard(task["case_id"])
                done.append(task["case_id"])
        if may_pass and left:
            left.difference_update([each for each in left if _passed(officer, service, each, step)])
        return not left

    story.wait(round_of_the_worklist, f"{officer.name} {step}")
    return done


def case_at(story: Story, reader: Person, service: str, case_id: str, step: str) -> dict[str, Any]:
    """The case once it waits at `step`."""

    def there() -> dict[str, Any] | None:
        case: dict[str, Any] = reader.get(f"/{service}/api/v1/cases/{case_id}")
        waiting = case["waiting"]
        if case["status"] in ("refused", "withdrawn"):
            story.holds(False, f"{case_id} {case['status']}", str(case["outcome_reason"]))
        return case if waiting is not None and waiting["step"] == step else None

    return story.wait(there, f"{case_id} → {step}")


def case_with(
    story: Story, reader: Person, service: str, case_id: str, status: str
) -> dict[str, Any]:
    def there() -> dict[str, Any] | None:
        case: dict[str, Any] = reader.get(f"/{service}/api/v1/cases/{case_id}")
        return case if case["status"] == status else None

    return story.wait(there, f"{case_id} → {status}")


def notice_of(case: Mapping[str, Any], step: str) -> str:
    return str(next(each["notice_id"] for each in case["steps"] if each["key"] == step))


def _passed(officer: Person, service: str, case_id: str, step: str) -> bool:
    try:
        case = officer.get(f"/{service}/api/v1/cases/{case_id}")
    except Refused as refused:
        if refused.status == 404:  # no task of it has reached this office yet
            return False
        raise
    return any(each["key"] == step and each["status"] == "completed" for each in case["steps"])


def _decided(officer: Person, service: str, task_id: str, answer: Answer) -> bool:
    body = {"outcome": answer.outcome, "reason": answer.reason, "data": dict(answer.data)}
    try:
        officer.post(f"/{service}/api/v1/tasks/{task_id}/decision", body)
    except Refused as refused:
        if refused.code in COMES_AGAIN:
            return False
        raise
    return True
