"""Saves a history of the workflow as it is now, once for each version of its code:
`python -m tests.workflow.save_histories v2`. Saved histories are never changed or deleted."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from shared.approvals.messages import CASE_CHANGED, CaseChanged, CaseInput, CasePosition
from shared.approvals.workflow import CaseWorkflow
from shared.persistence import Keyring
from shared.temporal.codec import data_converter
from tests.workflow.conftest import SERVER
from tests.workflow.test_case_workflow import APPROVED, HISTORIES, WAITING, ScriptedCase

KEYRING = Keyring({"k1": bytes(range(32))}, "k1", bytes(32))


async def save(version: str) -> None:
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(SERVER), data_converter=data_converter(KEYRING)
    )
    clock = CasePosition(closed=False, wait_seconds=86_400.0)
    async with environment:
        signals = ScriptedCase(WAITING, WAITING, WAITING, APPROVED)
        await _one(environment, f"{version}_signals", signals, (1, 2, 2, 3))
        await _one(environment, f"{version}_clock", ScriptedCase(clock, clock, APPROVED), ())


async def _one(environment, name, case, outbox_ids) -> None:
    worker = Worker(
        environment.client,
        task_queue=name,
        workflows=[CaseWorkflow],
        activities=[case.advance],
        activity_executor=ThreadPoolExecutor(4),
    )
    async with worker:
        handle = await environment.client.start_workflow(
            "CaseWorkflow", CaseInput("CLM-2024-000001"), id=name, task_queue=name
        )
        for number, outbox_id in enumerate(outbox_ids):
            while case.asked < min(number + 1, 3):
                await asyncio.sleep(0.01)
            await handle.signal(CASE_CHANGED, CaseChanged(outbox_id))
        await handle.result()
        history = await handle.fetch_history()
    path = Path(HISTORIES) / f"{name}.json"
    if path.exists():
        raise SystemExit(f"{path.name} is saved already; histories are kept as they are")
    path.write_text(history.to_json() + "\n")


if __name__ == "__main__":
    asyncio.run(save(sys.argv[1]))
