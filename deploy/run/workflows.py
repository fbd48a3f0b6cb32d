"""Cases that wait for a workflow which does not run. Reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import psycopg

from deploy.run.health import Finding
from shared.temporal.running import not_running

PATIENCE = 120.0  # also for some ten thousand that are asked for by name
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
    asking = not_running(address, namespace, service, waiting)
    stopped = asyncio.run(asyncio.wait_for(asking, PATIENCE))
    absent = [case for case, state in stopped if state is None]
    if absent:
        yield _never_started(service, absent)
    ended = [f"{case} {state}" for case, state in stopped if state is not None]
    if ended:
        yield _ended(service, ended)


def _never_started(service: str, cases: Sequence[str]) -> Finding:
    some, command = "；".join(cases[:3]), f"make restart SERVICE={service}"
    return Finding(
        f"{service}：{len(cases)} 个案件没有流程在推进：{some}",
        f"{service}: {len(cases)} cases have no workflow: {some}",
        command,
        command,
    )


def _ended(service: str, cases: Sequence[str]) -> Finding:
    some, command = "；".join(cases[:3]), f"make restart SERVICE={service}"
    return Finding(
        f"{service}：{len(cases)} 个案件未结，流程却已终止：{some}",
        f"{service}: {len(cases)} cases are open, but their workflows ended: {some}",
        f"查明原因（make logs NAME={service}-worker）后：{command}",
        f"find out why (make logs NAME={service}-worker), then: {command}",
    )
