"""The workflow against a scripted activity: what it waits for, what wakes it, when it ends."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, Worker

from shared.approvals.messages import (
    ADVANCE_CASE,
    CASE_CHANGED,
    AdvanceCase,
    CaseChanged,
    CaseInput,
    CasePosition,
)
from shared.approvals.workflow import CaseWorkflow
from shared.temporal.codec import data_converter

HISTORIES = Path(__file__).parent / "histories"
WAITING = CasePosition(closed=False)
APPROVED = CasePosition(closed=True, outcome="approved")


class ScriptedCase:
    """Plays the positions in turn, the last one for ever; counts how often it was asked."""

    def __init__(self, *positions: CasePosition) -> None:
        self.positions = list(positions)
        self.asked = 0

    @activity.defn(name=ADVANCE_CASE)
    def advance(self, message: AdvanceCase) -> CasePosition:
        self.asked += 1
        return self.positions.pop(0) if len(self.positions) > 1 else self.positions[0]


def run(coroutine):
    return asyncio.run(coroutine)


async def started(environment, case):
    worker = Worker(
        environment.client,
        task_queue="cases",
        workflows=[CaseWorkflow],
        activities=[case.advance],
        activity_executor=ThreadPoolExecutor(4),
    )
    handle = await environment.client.start_workflow(
        "CaseWorkflow",
        CaseInput("CLM-2024-000001"),
        id="subsidy:CLM-2024-000001",
        task_queue="cases",
    )
    return worker, handle


def test_a_case_goes_on_at_each_signal_until_it_is_closed(time_skipping):
    async def story():
        case = ScriptedCase(WAITING, WAITING, WAITING, APPROVED)
        async with time_skipping() as environment:
            worker, handle = await started(environment, case)
            async with worker:
                for outbox_id in (11, 12, 13):
                    await asked_at_least(case, outbox_id - 10)
                    await handle.signal(CASE_CHANGED, CaseChanged(outbox_id))
                assert await handle.result() == "approved"
        assert case.asked == 4

    run(story())


def test_a_signal_that_comes_twice_wakes_the_case_once(time_skipping):
    async def story():
        case = ScriptedCase(WAITING, WAITING, APPROVED)
        async with time_skipping() as environment:
            worker, handle = await started(environment, case)
            async with worker:
                await asked_at_least(case, 1)
                await handle.signal(CASE_CHANGED, CaseChanged(7))
                await asked_at_least(case, 2)
                await handle.signal(CASE_CHANGED, CaseChanged(7))
                await handle.signal(CASE_CHANGED, CaseChanged(8))
                assert await handle.result() == "approved"
        assert case.asked == 3

    run(story())


def test_a_clock_that_runs_out_advances_the_case_without_a_signal(time_skipping):
    async def story():
        month = timedelta(days=30).total_seconds()
        case = ScriptedCase(CasePosition(closed=False, wait_seconds=month), APPROVED)
        async with time_skipping() as environment:
            began = await environment.get_current_time()
            worker, handle = await started(environment, case)
            async with worker:
                assert await handle.result() == "approved"
            assert await environment.get_current_time() - began >= timedelta(days=30)

    run(story())


def test_a_signal_wakes_the_case_before_its_clock_runs_out(time_skipping):
    async def story():
        year = timedelta(days=365).total_seconds()
        case = ScriptedCase(CasePosition(closed=False, wait_seconds=year), APPROVED)
        async with time_skipping() as environment:
            began = await environment.get_current_time()
            worker, handle = await started(environment, case)
            async with worker:
                await asked_at_least(case, 1)
                await handle.signal(CASE_CHANGED, CaseChanged(1))
                with environment.auto_time_skipping_disabled():
                    assert await handle.result() == "approved"
            assert await environment.get_current_time() - began < timedelta(days=1)

    run(story())


def test_nothing_readable_reaches_the_history(time_skipping):
    async def story():
        case = ScriptedCase(APPROVED)
        async with time_skipping() as environment:
            worker, handle = await started(environment, case)
            async with worker:
                await handle.result()
            history = (await handle.fetch_history()).to_json()
        assert '"caseId"' not in history
        assert "CLM-2024-000001" not in history.replace("subsidy:CLM-2024-000001", "")

    run(story())


@pytest.mark.parametrize("path", sorted(HISTORIES.glob("*.json")), ids=lambda p: p.stem)
def test_every_history_ever_saved_replays(path, keyring):
    """A workflow that is under way when the code changes must come to the same commands."""

    async def replay():
        history = WorkflowHistory.from_json("subsidy:CLM-2024-000001", path.read_text())
        replayer = Replayer(workflows=[CaseWorkflow], data_converter=data_converter(keyring))
        await replayer.replay_workflow(history)

    run(replay())


def test_there_are_saved_histories_to_replay():
    assert {path.stem for path in HISTORIES.glob("*.json")} >= {"v1_signals", "v1_clock"}


async def asked_at_least(case: ScriptedCase, times: int) -> None:
    async with asyncio.timeout(20):
        while case.asked < times:
            await asyncio.sleep(0.01)
