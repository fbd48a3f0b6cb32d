"""Cases that wait for a workflow which does not run. Reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import psycopg
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from deploy.run.health import Finding
from shared.approvals.messages import workflow_id

PATIENCE = 30.0
LOOKED_AT = 20  # what a list has missed may only be new there: so many are asked for by name
_RUNNING = 'WorkflowType = "CaseWorkflow" AND ExecutionStatus = "Running"'
_WAITING = """
    select c.id from cases c where c.status in ('in_progress', 'returned')
    and not exists (select 1 from outbox o where o.case_id = c.id
      and (o.delivered_at_utc is null or o.delivered_at_utc > now() - interval '60 seconds'))
    order by c.id
"""


def of_workflows(dsn: str, service: str, address: str, namespace: str) -> Iterator[Finding]:
    """Raises psycopg.Error, or OSError, RuntimeError and RPCError where Temporal is away."""
    with psycopg.connect(dsn, connect_timeout=5) as session:
        waiting = [str(row[0]) for row in session.execute(_WAITING)]
    if not waiting:
        return
    asking = _not_running(address, namespace, service, waiting)
    stopped = asyncio.run(asyncio.wait_for(asking, PATIENCE))
    absent = [case for case, state in stopped if state is None]
    if absent:
        yield _never_started(service, absent)
    ended = [f"{case} {state}" for case, state in stopped if state is not None]
    if ended:
        yield _ended(service, ended)


async def _not_running(
    address: str, namespace: str, service: str, cases: Sequence[str]
) -> list[tuple[str, str | None]]:
    """(case, how its workflow ended or None where Temporal knows none)."""
    client = await Client.connect(address, namespace=namespace)
    running = {each.id async for each in client.list_workflows(_RUNNING)}
    missing = [case for case in cases if workflow_id(service, case) not in running]
    states = [(case, await _state(client, service, case)) for case in missing[:LOOKED_AT]]
    return [(case, state) for case, state in states if state != "RUNNING"]


async def _state(client: Client, service: str, case: str) -> str | None:
    try:
        found = await client.get_workflow_handle(workflow_id(service, case)).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise
    return found.status.name if found.status else "UNKNOWN"


def _never_started(service: str, cases: Sequence[str]) -> Finding:
    some, command = (
        "；".join(cases[:3]),
        f'make restart SERVICE={service} CASES="{" ".join(cases)}"',
    )
    return Finding(
        f"{service}：{len(cases)} 个案件没有流程在推进：{some}",
        f"{service}: {len(cases)} cases have no workflow: {some}",
        command,
        command,
    )


def _ended(service: str, cases: Sequence[str]) -> Finding:
    some = "；".join(cases[:3])
    reset = "temporal workflow reset --type FirstWorkflowTask --reason doctor --workflow-id"
    which = workflow_id(service, cases[0].split()[0])
    return Finding(
        f"{service}：{len(cases)} 个案件未结，流程却已终止：{some}",
        f"{service}: {len(cases)} cases are open, but their workflows ended: {some}",
        f"查明原因（make logs NAME={service}-worker）后：{reset} {which}",
        f"find out why (make logs NAME={service}-worker), then: {reset} {which}",
    )
