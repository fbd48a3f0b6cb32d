"""What a transaction sends, written in that transaction. The only way to publish an event and the
only way to start or signal a workflow.

Every transaction that writes here must bump its case's version: the lock on the case's row is what
keeps the ids of one case in the order of its commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from shared.messaging.tables import EVENT, SIGNAL, START, OutboxRow
from shared.messaging.trace import current_traceparent
from shared.persistence import insert_rows

CASE_CHANGED = "case_changed"
_OUTBOX = cast(Table, OutboxRow.__table__)
Row = tuple[str, str, dict[str, Any] | None]  # case_id, kind, content


class Outbox:
    """One object, so that a test can compose a faulty one; everybody else uses the functions
    below, which are the methods of the right one."""

    def publish(self, session: Session, event: dict[str, Any], *, case_id: str) -> None:
        """`event` from contracts.make_event; `case_id` says with which other rows it keeps its
        order (for a fact outside any case, its subject)."""
        self.publish_many(session, [(event, case_id)])

    def publish_many(self, session: Session, events: Iterable[tuple[dict[str, Any], str]]) -> None:
        """[(event, case_id), …] in the order in which they happened."""
        self.write(session, [(case_id, EVENT, _traced(event)) for event, case_id in events])

    def start_workflow(
        self, session: Session, *, case_id: str, event: dict[str, Any] | None = None
    ) -> None:
        """`event`: what is published of it, in the same statement."""
        told: list[Row] = [] if event is None else [(case_id, EVENT, _traced(event))]
        self.write(session, [(case_id, START, None), *told])

    def signal_workflow(
        self, session: Session, *, case_id: str, signal: str = CASE_CHANGED
    ) -> None:
        self.signal_workflow_many(session, [(case_id, signal)])

    def signal_workflow_many(self, session: Session, signals: Iterable[tuple[str, str]]) -> None:
        """[(case_id, signal), …]"""
        self.write(session, [(case_id, SIGNAL, {"signal": signal}) for case_id, signal in signals])

    def write(self, session: Session, rows: list[Row]) -> None:
        if not rows:
            return
        session.flush()  # the version of the case is locked before the outbox gives out an id
        named = [
            {"case_id": case, "kind": kind, "content": content} for case, kind, content in rows
        ]
        insert_rows(session, _OUTBOX, named)


def _traced(event: dict[str, Any]) -> dict[str, Any]:
    traceparent = current_traceparent()
    return {**event, "traceparent": traceparent} if traceparent else event


_outbox = Outbox()
publish, publish_many = _outbox.publish, _outbox.publish_many
start_workflow = _outbox.start_workflow
signal_workflow, signal_workflow_many = _outbox.signal_workflow, _outbox.signal_workflow_many
