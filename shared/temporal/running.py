"""Which of the cases that should have a workflow have none that runs. Reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from shared.approvals.messages import workflow_id

_RUNNING = 'WorkflowType = "CaseWorkflow" AND ExecutionStatus = "Running"'
_ASKED_AT_ONCE = 50


async def not_running(
    address: str, namespace: str, service: str, cases: Sequence[str]
) -> list[tuple[str, str | None]]:
    """(case, how its workflow ended, or None where Temporal knows none), of all that do not run.
    What Temporal's list has missed may only be new there: it is asked for by name."""
    client = await Client.connect(address, namespace=namespace)
    running = {each.id async for each in client.list_workflows(_RUNNING)}
    missing = [case for case in cases if workflow_id(service, case) not in running]
    places = asyncio.Semaphore(_ASKED_AT_ONCE)

    async def state(case: str) -> str | None:
        async with places:
            return await _state(client, service, case)

    states = await asyncio.gather(*map(state, missing))
    return [
        (case, state) for case, state in zip(missing, states, strict=True) if state != "RUNNING"
    ]


async def _state(client: Client, service: str, case: str) -> str | None:
    try:
        found = await client.get_workflow_handle(workflow_id(service, case)).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise
    return found.status.name if found.status else "UNKNOWN"
