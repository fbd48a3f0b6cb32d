"""The way from the relay to Temporal: what a sink must offer, and its calls side by side on a loop
thread of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from shared.messaging.failures import Unavailable, is_outage


class WorkflowNotFound(Exception):
    """No workflow runs that could take the signal: it was lost, or has ended."""


class WorkflowSink(Protocol):
    """All calls come on one event loop; connect at the first. Raise WorkflowNotFound where no
    workflow runs that could take the signal; anything else failed and is tried again. `start` of a
    workflow that was started before is a success (REJECT_DUPLICATE). `revive` signals, and starts
    the workflow first where none runs, whether it was lost or has ended."""

    async def start(self, case_id: str) -> None: ...

    async def signal(self, case_id: str, signal: str, outbox_id: int) -> None: ...

    async def revive(self, case_id: str, signal: str, outbox_id: int) -> None: ...


@dataclass(frozen=True)
class Call:
    """`signal` None: start the workflow. `revives`: the signal starts it where none runs."""

    outbox_id: int
    case_id: str
    signal: str | None
    revives: bool = False


class WorkflowCalls:
    """Runs calls of a sink from a thread that has no event loop."""

    def __init__(self, sink: WorkflowSink, *, at_once: int = 50, seconds: float = 10.0) -> None:
        self._sink, self._at_once, self._seconds = sink, at_once, seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="workflow-sink", daemon=True
        )
        self._thread.start()

    def begin(self, calls: Sequence[Call]) -> Future[dict[int, Exception]]:
        """Starts them all and returns at once; the result is {outbox id: error} of those that
        failed. The first that finds the server away spares those that have not begun."""
        return asyncio.run_coroutine_threadsafe(self._all(calls), self._loop)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=self._seconds)
        if not self._thread.is_alive():
            self._loop.close()

    async def _all(self, calls: Sequence[Call]) -> dict[int, Exception]:
        places = asyncio.Semaphore(self._at_once)
        failures: dict[int, Exception] = {}
        away = asyncio.Event()

        async def one(call: Call) -> None:
            async with places:
                try:
                    if away.is_set():
                        raise Unavailable("workflow server")
                    await asyncio.wait_for(self._call(call), self._seconds)
                except Exception as error:
                    failures[call.outbox_id] = error
                    if is_outage(error) and not isinstance(error, TimeoutError):
                        away.set()

        await asyncio.gather(*(one(call) for call in calls))
        return failures

    async def _call(self, call: Call) -> None:
        if call.signal is None:
            await self._sink.start(call.case_id)
        elif call.revives:
            await self._sink.revive(call.case_id, call.signal, call.outbox_id)
        else:
            await self._sink.signal(call.case_id, call.signal, call.outbox_id)
