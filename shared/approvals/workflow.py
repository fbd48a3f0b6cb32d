"""The one workflow of every case. It coordinates; what a step is, who may take it and what
follows from a decision stands in the database and is decided there."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from shared.approvals.messages import (
        ADVANCE_CASE,
        CASE_CHANGED,
        AdvanceCase,
        CaseChanged,
        CaseInput,
        CasePosition,
    )

# A case may live for years and be signalled often; its history is renewed before it grows slow.
HISTORY_LIMIT = 2_000
# Transactions of milliseconds and at most one question to a registry, given up after 5 seconds.
# Short, because what a killed worker was doing is done by another only after it.
ADVANCE_SECONDS = 20


@workflow.defn(name="CaseWorkflow")
class CaseWorkflow:
    def __init__(self) -> None:
        self._seen: set[int] = set()

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        while True:
            known = len(self._seen)
            position = await self._advance(case)
            if position.closed:
                return position.outcome or "closed"
            await self._until_news_or_clock(known, position.wait_seconds)
            if workflow.info().get_current_history_length() > HISTORY_LIMIT:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(case)

    @workflow.signal(name=CASE_CHANGED)
    def case_changed(self, change: CaseChanged) -> None:
        self._seen.add(change.outbox_id)

    async def _advance(self, case: CaseInput) -> CasePosition:
        position: CasePosition = await workflow.execute_activity(
            ADVANCE_CASE,
            AdvanceCase(case.case_id),
            result_type=CasePosition,
            start_to_close_timeout=timedelta(seconds=ADVANCE_SECONDS),
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(minutes=1)
            ),
        )
        return position

    async def _until_news_or_clock(self, known: int, seconds: float | None) -> None:
        """News is a signal not seen before; the advance after it reads the database, so several
        signals at once need one advance."""
        timeout = None if seconds is None else timedelta(seconds=seconds)
        try:
            await workflow.wait_condition(lambda: len(self._seen) > known, timeout=timeout)
        except TimeoutError:
            return
