"""A bare workflow with as many signals and activities as a claim, on the same Temporal server.

`python -m tests.bench.floors.bare_workflow ADDRESS NAMESPACE SIGNALS ACTIVITIES`, then a line
`COUNT CALLERS` on standard input for each round; each is answered by its seconds. Client and
worker share the process, so that a signal can follow the activity that it answers at once, as a
person can only decide what has been opened."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

QUEUE = "bench-floor"
ACTIVITY_THREADS = 16  # as many as the worker of a service has


@dataclass(frozen=True)
class Plan:
    id: str
    signals: int
    activities: int


@dataclass(frozen=True)
class Step:
    id: str
    number: int


@workflow.defn(name="BareWorkflow")
class BareWorkflow:
    def __init__(self) -> None:
        self._heard = 0

    @workflow.run
    async def run(self, plan: Plan) -> str:
        for number in range(plan.activities):
            await workflow.execute_activity(
                "bare_step", Step(plan.id, number), start_to_close_timeout=timedelta(seconds=60)
            )
            wanted = min(number + 1, plan.signals)
            await workflow.wait_condition(lambda wanted=wanted: self._heard >= wanted)
        return "done"

    @workflow.signal(name="heard")
    def heard(self, number: int) -> None:
        self._heard += 1


class Steps:
    """The activity does nothing but tell the client, in the same process, that it ran."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._ran = loop, dict[tuple[str, int], asyncio.Event]()

    def event(self, id: str, number: int) -> asyncio.Event:
        return self._ran.setdefault((id, number), asyncio.Event())

    @activity.defn(name="bare_step")
    def bare_step(self, step: Step) -> int:
        self._loop.call_soon_threadsafe(lambda: self.event(step.id, step.number).set())
        return step.number


async def one(
    client: Client, steps: Steps, signals: int, activities: int, calling: asyncio.Semaphore
) -> None:
    plan = Plan(f"floor:{uuid.uuid1()}", signals, activities)
    async with calling:
        handle = await client.start_workflow("BareWorkflow", plan, id=plan.id, task_queue=QUEUE)
    for number in range(signals):
        await steps.event(plan.id, number).wait()
        async with calling:
            await handle.signal("heard", number)
    await steps.event(plan.id, activities - 1).wait()


async def measure(
    client: Client, steps: Steps, signals: int, activities: int, count: int, callers: int
) -> float:
    """All the workflows are under way at once, as claims are; so many calls at a time. Ends with
    the last activity."""
    calling = asyncio.Semaphore(callers)
    began = time.perf_counter()
    await asyncio.gather(*(one(client, steps, signals, activities, calling) for _ in range(count)))
    return time.perf_counter() - began


async def main(address: str, namespace: str, signals: int, activities: int) -> None:
    client = await Client.connect(address, namespace=namespace)
    steps = Steps(asyncio.get_running_loop())
    restrictions = SandboxRestrictions.default.with_passthrough_modules("tests")
    with threads() as pool:
        worker = Worker(
            client,
            task_queue=QUEUE,
            workflows=[BareWorkflow],
            activities=[steps.bare_step],
            activity_executor=pool,
            max_concurrent_activities=ACTIVITY_THREADS,
            workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
        )
        async with worker:
            await measure(client, steps, signals, activities, 2, 2)
            print("ready", flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                count, callers = map(int, line.split())
                seconds = await measure(client, steps, signals, activities, count, callers)
                print(seconds, flush=True)


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(ACTIVITY_THREADS) as pool:
        yield pool


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
