"""The worker process of a service: the case workflow and its activity."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from shared.approvals.activities import CaseActivities
from shared.approvals.office import CaseOffice
from shared.approvals.workflow import CaseWorkflow
from shared.persistence import Keyring
from shared.temporal.client import connect

log = logging.getLogger(__name__)
ACTIVITY_THREADS = 16


def task_queue(service: str) -> str:
    return f"{service}-cases"


def case_worker(
    client: Client, service: str, sessions: sessionmaker[Session], office: CaseOffice
) -> Worker:
    """Our messages pass through the sandbox unchecked: they are dataclasses, and loading them anew
    for each workflow costs a fifth of the rate."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules("shared")
    return Worker(
        client,
        task_queue=task_queue(service),
        workflows=[CaseWorkflow],
        activities=[CaseActivities(sessions, office).advance],
        activity_executor=ThreadPoolExecutor(ACTIVITY_THREADS, thread_name_prefix="activity"),
        max_concurrent_activities=ACTIVITY_THREADS,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


def run_worker(
    service: str,
    address: str,
    namespace: str,
    keyring: Keyring,
    sessions: sessionmaker[Session],
    office: CaseOffice,
    stop: threading.Event,
) -> None:
    """Until `stop`. A server that is away is waited for, at the start and later."""
    asyncio.run(_run(service, address, namespace, keyring, sessions, office, stop))


async def _run(
    service: str,
    address: str,
    namespace: str,
    keyring: Keyring,
    sessions: sessionmaker[Session],
    office: CaseOffice,
    stop: threading.Event,
) -> None:
    client = await _patiently_connected(address, namespace, keyring, stop)
    if client is None:
        return
    async with case_worker(client, service, sessions, office):
        log.info("worker polls %s", task_queue(service))
        await asyncio.to_thread(stop.wait)


async def _patiently_connected(
    address: str, namespace: str, keyring: Keyring, stop: threading.Event
) -> Client | None:
    while not stop.is_set():
        try:
            return await connect(address, namespace, keyring)
        except RuntimeError as error:
            log.warning("Temporal does not answer yet: %s", error)
            await asyncio.to_thread(stop.wait, 1.0)
    return None
