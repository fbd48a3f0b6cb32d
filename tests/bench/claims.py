"""Figure 1: whole claims a second, from the form to the reference finance consumer's commit."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

from stdnum import luhn
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from tests.bench.calling import CALLERS, exhaust, until
from tests.bench.figures import Figure, in_pairs
from tests.bench.world import API, World
from tests.servers.system import ROOT

PROCEDURE = "trainee-living-allowance"
EMPLOYER, REGION, YEAR, FUND = "91421281MA4900001X", "421281", 2024, "employment_fund"
BATCH = 100
LOOK_AGAIN_SECONDS = 0.25  # at a worklist that was empty
ROUND_SECONDS = 180.0
APPLICANTS = [f"jinggong-worker{n}" for n in range(1, 7)]
OFFICES = (
    ("employer_confirms", "jinggong-officer", "confirm"),
    ("union_reviews", "chibi-union-reviewer", "approve"),
    ("bureau_audits", "chibi-bureau-officer", "approve"),
)
MAKER, APPROVER = "chibi-bureau-payment-maker", "chibi-bureau-payment-approver"
FINANCE = "chibi-finance-bureau-officer"
DAYS, FEN_A_DAY = 10, 5000


def account_of(applicant: int) -> str:
    body = f"621785420000{applicant:06d}"
    return body + str(luhn.calc_check_digit(body))


def claim(number: int, name: str) -> dict[str, Any]:
    form = {
        "class_no": f"{name}-{number:05d}",
        "training_ended_on": "2024-03-01",
        "training_days": DAYS,
        "attendance_percent": 95,
        "employer": EMPLOYER,
        "region": REGION,
        "payee_account": account_of(number % len(APPLICANTS)),
    }
    return {"procedure": PROCEDURE, "form": form}


class Round:
    """`size` claims of one name: submitted, decided and paid by everybody at once."""

    def __init__(self, world: World, name: str, size: int) -> None:
        self._world, self._name, self._size = world, name, size
        self.seconds = 0.0
        self._web = world.web
        self._cases: set[str] = set()
        self._audited = 0
        self._over = threading.Event()

    def run(self) -> None:
        """`seconds`: from the first submission until finance has committed the last instruction."""
        self._enter_budget()
        began = time.perf_counter()
        with ThreadPoolExecutor(CALLERS) as callers, ThreadPoolExecutor(8) as desks:
            work = [desks.submit(self._submit_all, callers), desks.submit(self._pay_all)]
            work += [desks.submit(self._decide_all, callers, *office) for office in OFFICES]
            self._see_through(work)
            until(self._all_instructed, "every claim is instructed", 300, 0.05)
        self.seconds = time.perf_counter() - began

    def _see_through(self, work: list[Future[None]]) -> None:
        """The first that fails, or the clock, ends the work of all."""
        try:
            for each in as_completed(work, timeout=ROUND_SECONDS):
                each.result()
        finally:
            self._over.set()

    def settle(self) -> None:
        """Until the round's claims are closed and paid: the floor shall not run beside them."""
        statement = """SELECT count(*) FROM payments p JOIN cases c ON c.id = p.case_id
            WHERE c.id = ANY(%s) AND (p.state <> 'settled' OR c.status <> 'approved')"""
        given = sorted(self._cases)
        until(
            lambda: self._world.rows("subsidy", statement, given) == [(0,)],
            "every claim is closed and paid",
            120,
            0.2,
        )

    def _token(self, username: str) -> str:
        return self._world.token(username)

    def _enter_budget(self) -> None:
        body = {
            "fund": FUND,
            "region": REGION,
            "year": YEAR,
            "amount_fen": self._size * DAYS * FEN_A_DAY,
            "document_no": self._name,
        }
        self._web.call("POST", f"{API}/budgets", self._token(FINANCE), body)

    def _submit_all(self, callers: ThreadPoolExecutor) -> None:
        def submit(number: int) -> None:
            who = self._token(APPLICANTS[number % len(APPLICANTS)])
            case = self._web.call("POST", f"{API}/cases", who, claim(number, self._name))
            self._cases.add(case["id"])

        exhaust(callers.map(submit, range(self._size)))

    def _decide_all(
        self, callers: ThreadPoolExecutor, step: str, username: str, outcome: str
    ) -> None:
        """A person works through the worklist, looks again, until all the claims are done."""
        done, body = 0, {"outcome": outcome}

        def decide(task: dict[str, Any]) -> None:
            path = f"{API}/tasks/{task['id']}/decision"
            self._web.call("POST", path, self._token(username), body)

        while done < self._size and not self._over.is_set():
            path = f"{API}/tasks?limit=50"
            tasks = self._web.call("GET", path, self._token(username))["items"]
            mine = [task for task in tasks if task["step"] == step and self._has(task)]
            exhaust(callers.map(decide, mine))
            done += len(mine)
            if step == OFFICES[-1][0]:
                self._audited = done
            if not mine:
                self._over.wait(LOOK_AGAIN_SECONDS)

    def _has(self, task: dict[str, Any]) -> bool:
        return task["case_id"] in self._cases

    def _pay_all(self) -> None:
        paid = 0
        for number in itertools.count(1):
            wanted = min(BATCH, self._size - paid)
            while self._audited < paid + wanted or self._waiting() < wanted:
                if self._over.wait(LOOK_AGAIN_SECONDS):
                    return
            if not wanted:
                return
            self._pay(f"{self._name}-{number}")
            paid += wanted

    def _waiting(self) -> int:
        items = self._web.call("GET", f"{API}/waiting-payments", self._token(MAKER))["items"]
        mine = (each for each in items if (each["region"], each["scheme"]) == (REGION, PROCEDURE))
        return sum(each["payments_count"] for each in mine)

    def _pay(self, document: str) -> None:
        body = {"region": REGION, "scheme": PROCEDURE, "limit": BATCH}
        made = self._web.call("POST", f"{API}/payment-batches", self._token(MAKER), body)
        where = f"{API}/payment-batches/{made['id']}"
        approval = {"outcome": "approved"}
        self._web.call("POST", f"{where}/approval", self._token(APPROVER), approval)
        allocation = {"outcome": "allocated", "document_no": document}
        self._web.call("POST", f"{where}/allocation", self._token(FINANCE), allocation)

    def _all_instructed(self) -> bool:
        statement = "SELECT count(*) FROM instructions WHERE case_id = ANY(%s)"
        given = sorted(self._cases)
        return self._world.rows("finance", statement, given) == [(self._size,)]

    @property
    def a_case(self) -> str:
        return min(self._cases)


async def signals_and_activities(world: World, case_id: str) -> tuple[int, int]:
    """What the history of a closed case counts."""
    client = await Client.connect(
        world.settings["GONGJIANG_TEMPORAL_ADDRESS"],
        namespace=world.settings["GONGJIANG_TEMPORAL_NAMESPACE"],
    )
    history = await client.get_workflow_handle(f"subsidy:{case_id}").fetch_history()
    kinds = [event.event_type for event in history.events]
    return (
        kinds.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED),
        kinds.count(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED),
    )


@contextmanager
def bare_workflows(
    world: World, signals: int, activities: int
) -> Iterator[Callable[[int, int], float]]:
    """`run(count, callers)` gives seconds."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.bench.floors.bare_workflow"),
            world.settings["GONGJIANG_TEMPORAL_ADDRESS"],
            world.settings["GONGJIANG_TEMPORAL_NAMESPACE"],
            *(str(signals), str(activities)),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    asked, answers = process.stdin, process.stdout

    def run(count: int, callers: int) -> float:
        print(count, callers, file=asked, flush=True)
        return float(answers.readline())

    try:
        assert answers.readline().strip() == "ready"
        yield run
    finally:
        asked.close()
        process.wait(timeout=60)
        answers.close()


def measure(world: World, size: int, say: Callable[[str], None]) -> Figure:
    """`size`: claims in one round, and workflows in one round of the floor."""
    numbers = itertools.count(1)

    def one_round(size: int) -> Round:
        round = Round(world, f"bench{next(numbers)}", size)
        round.run()
        round.settle()
        return round

    first = one_round(20)  # everything has run once
    signals, activities = asyncio.run(signals_and_activities(world, first.a_case))
    say(f"  a claim: {signals} signals, {activities} activities")
    with bare_workflows(world, signals, activities) as floor:
        pairs = in_pairs(
            lambda: size / one_round(size).seconds, lambda: size / floor(size, CALLERS), say
        )
    against = f"bare workflow with {signals} signals and {activities} activities"
    return Figure("whole claims", against, "/s", 0.5, *pairs)
