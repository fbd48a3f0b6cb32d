"""Connecting to Temporal, and the relay's way to start and signal case workflows."""

import asyncio

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from shared.approvals.messages import CaseChanged, CaseInput, workflow_id
from shared.messaging.workflow_sink import WorkflowNotFound
from shared.persistence import Keyring
from shared.temporal.codec import data_converter

CASE_WORKFLOW = "CaseWorkflow"


async def connect(address: str, namespace: str, keyring: Keyring) -> Client:
    return await Client.connect(
        address, namespace=namespace, data_converter=data_converter(keyring)
    )


class CaseWorkflows:
    """A WorkflowSink (shared.messaging): one client, made at the first call on the loop that the
    calls come on, and made again after a failure to connect."""

    def __init__(
        self, service: str, address: str, namespace: str, keyring: Keyring, task_queue: str
    ) -> None:
        self._service, self._task_queue = service, task_queue
        self._address, self._namespace, self._keyring = address, namespace, keyring
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    async def start(self, case_id: str) -> None:
        """A workflow that was started before, running or closed, is a success."""
        client = await self._connected()
        try:
            await client.start_workflow(
                CASE_WORKFLOW,
                CaseInput(case_id),
                id=workflow_id(self._service, case_id),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return

    async def signal(self, case_id: str, signal: str, outbox_id: int) -> None:
        client = await self._connected()
        handle = client.get_workflow_handle(workflow_id(self._service, case_id))
        try:
            await handle.signal(signal, CaseChanged(outbox_id))
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise WorkflowNotFound(case_id) from error
            raise

    async def revive(self, case_id: str, signal: str, outbox_id: int) -> None:
        """Signals, and starts the workflow where none runs, also where an earlier one has ended:
        the database says that the case is open, and what it says counts."""
        client = await self._connected()
        await client.start_workflow(
            CASE_WORKFLOW,
            CaseInput(case_id),
            id=workflow_id(self._service, case_id),
            task_queue=self._task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal=signal,
            start_signal_args=[CaseChanged(outbox_id)],
        )

    async def _connected(self) -> Client:
        async with self._connecting:
            if self._client is None:
                self._client = await connect(self._address, self._namespace, self._keyring)
            return self._client
