"""Claims under way: people submit them, decide them, batch and allocate them, all at once and over
HTTP, until every claim that was accepted is paid."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.faults.caller import Caller
from tests.faults.treasury import APPLICANTS, PROCEDURE, REGION, SUBSIDY, Treasury, account_of
from tests.servers.system import until

EMPLOYER = "91421281MA4900001X"
# step -> who decides it, and how; two officers of the enterprise race for the same tasks
DECIDERS = {
    "employer_confirms": (("jinggong-officer", "jinggong-officer2"), "confirm"),
    "union_reviews": (("chibi-union-reviewer",), "approve"),
    "bureau_audits": (("chibi-bureau-officer",), "approve"),
}
DAYS, FEN_A_DAY = 10, 5000
PAUSE = 0.4
ANSWER_LOST = 8  # one of so many


@dataclass
class Campaign:
    """`size` claims of one name. `permitted`: how many may be submitted by now."""

    caller: Caller
    name: str
    size: int
    permitted: Callable[[], int] | None = None
    accepted: dict[int, str] = field(default_factory=dict)  # number -> case id
    decided: set[tuple[str, str]] = field(default_factory=set)  # case id, step
    settled: set[str] = field(default_factory=set)  # case ids
    refusals: list[str] = field(default_factory=list)  # answers that nobody should have had
    told_who_was_first: int = 0

    def __post_init__(self) -> None:
        self._lock, self._numbers = threading.Lock(), iter(range(self.size))
        self.treasury = Treasury(self.caller, self.name, self.accepted, self.settled, self.refuse)
        self.treasury.enter_budget(self.size * DAYS * FEN_A_DAY)

    def class_no(self, number: int) -> str:
        return f"{self.name}-{number:04d}"

    def cases(self) -> set[str]:
        return set(self.accepted.values())

    def progress(self) -> float:
        """0 to 1: submissions, decisions and payments alike."""
        done = len(self.accepted) + len(self.decided) + len(self.settled)
        return done / (self.size * (len(DECIDERS) + 2))

    # --- the applicants ---

    def submit(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            while self.permitted is not None and number >= self.permitted():
                if stop.wait(PAUSE):
                    return
            self.submit_one(number)

    def submit_one(self, number: int) -> None:
        """Some never see their first answer, and ask again."""
        body = {"procedure": PROCEDURE, "form": self._form(number)}
        applicant, path = APPLICANTS[number % len(APPLICANTS)], f"{SUBSIDY}/cases"
        if number % ANSWER_LOST == 0:
            self.caller.post(applicant, path, body, self.class_no(number))
        answer = self.caller.post(applicant, path, body, self.class_no(number))
        if answer.status_code == 201:
            self.accepted[number] = str(answer.json()["id"])
        else:
            self.refuse(f"submission {number}", answer)

    def _form(self, number: int) -> dict[str, Any]:
        return {
            "class_no": self.class_no(number),
            "training_ended_on": "2024-03-01",
            "training_days": DAYS,
            "attendance_percent": 95,
            "employer": EMPLOYER,
            "region": REGION,
            "payee_account": account_of(number % len(APPLICANTS)),
        }

    # --- the offices ---

    def decide(self, username: str, step: str, outcome: str, stop: threading.Event) -> None:
        while not stop.is_set():
            if not self.decide_open_tasks(username, step, outcome) and stop.wait(PAUSE):
                return

    def decide_open_tasks(self, username: str, step: str, outcome: str) -> int:
        """Every task of the campaign in the worklist; how many were decided by this person."""
        return sum(
            self._decide_one(username, task, outcome)
            for task in self.open_tasks(username, step)
            if (task["case_id"], step) not in self.decided
        )

    def open_tasks(self, username: str, step: str) -> list[dict[str, Any]]:
        mine = self.cases()
        items = self.caller.get(username, f"{SUBSIDY}/tasks?limit=200")["items"]
        return [item for item in items if item["case_id"] in mine and item["step"] == step]

    def _decide_one(self, username: str, task: dict[str, Any], outcome: str) -> bool:
        path, key = f"{SUBSIDY}/tasks/{task['id']}/decision", f"{username} {task['id']}"
        answer = self.caller.post(username, path, {"outcome": outcome}, key.replace(" ", "-"))
        if answer.status_code == 201:
            self.decided.add((task["case_id"], task["step"]))
            return True
        if answer.status_code == 409 and answer.json()["code"] == "task_taken":
            self.told_who_was_first += 1
        else:
            self.refuse(f"decision of {task['case_id']} {task['step']}", answer)
        return False

    def refuse(self, what: str, answer: Any) -> None:
        """An answer that nobody should have had."""
        self.refusals.append(f"{what}: {answer.status_code} {answer.text[:300]}")

    # --- all at once ---

    @contextmanager
    def under_way(
        self, submitters: int = 4, also: Sequence[Callable[[threading.Event], None]] = ()
    ) -> Iterator[Callable[[], None]]:
        """Everybody at work until the block ends, and `also` these. Gives a function that raises
        what an actor raised, to be called while waiting."""
        stop = threading.Event()
        work: list[Callable[[], None]] = [lambda: self.submit(stop)] * submitters
        for step, (people, outcome) in DECIDERS.items():
            for person in people:
                work.append(lambda p=person, s=step, o=outcome: self.decide(p, s, o, stop))
        work += [lambda: self.treasury.pay(stop), lambda: self.treasury.look_after(stop)]
        work += [lambda act=each: act(stop) for each in also]
        with ThreadPoolExecutor(len(work)) as pool:
            running = [pool.submit(each) for each in work]
            try:
                yield lambda: raise_failures(running)
            except BaseException:
                self.caller.give_up()
                raise
            finally:
                stop.set()
        raise_failures(running)

    def wait_until_paid(self, check: Callable[[], None], seconds: float) -> None:
        """Until every claim is accepted and paid."""

        def paid() -> bool:
            check()
            return len(self.accepted) == self.size and self.settled == self.cases()

        try:
            until(paid, "every claim is paid", seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self}") from None

    def __str__(self) -> str:
        return (
            f"{len(self.accepted)} accepted, {len(self.decided)} decisions, "
            f"{len(self.settled)} settled, {len(self.treasury.repaired)} repaired; "
            f"refusals {self.refusals[:3]}; answers {dict(self.caller.answers)}"
        )


def raise_failures(running: list[Future[None]]) -> None:
    for each in running:
        if each.done():
            each.result()
