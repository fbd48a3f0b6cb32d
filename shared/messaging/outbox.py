"""What a transaction sends, written in that transaction. The only way to publish an event and the
only way to start or signal a workflow.

Every transaction that writes here must bump its case's version: the lock on the case's row is what
keeps the ids of one case in the order of its commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from shared.messaging.tables import EVENT, SIGNAL, START, OutboxRow
from shared.messaging.trace import current_traceparent

CASE_CHANGED = "case_changed"


def publish(session: Session, event: dict[str, Any], *, case_id: str) -> None:
    """`event` from contracts.make_event; `case_id` says with which other rows it keeps its order
    (for a fact outside any case, its subject)."""
    publish_many(session, [(event, case_id)])


def publish_many(session: Session, events: Iterable[tuple[dict[str, Any], str]]) -> None:
    """[(event, case_id), …] in the order in which they happened."""
    traceparent = current_traceparent()
    extra = {"traceparent": traceparent} if traceparent else {}
    _write(session, [(case_id, EVENT, {**event, **extra}) for event, case_id in events])


def start_workflow(session: Session, *, case_id: str) -> None:
    start_workflow_many(session, [case_id])


def start_workflow_many(session: Session, case_ids: Iterable[str]) -> None:
    _write(session, [(case_id, START, None) for case_id in case_ids])


def signal_workflow(session: Session, *, case_id: str, signal: str = CASE_CHANGED) -> None:
    signal_workflow_many(session, [(case_id, signal)])


def signal_workflow_many(session: Session, signals: Iterable[tuple[str, str]]) -> None:
    """[(case_id, signal), …]"""
    _write(session, [(case_id, SIGNAL, {"signal": signal}) for case_id, signal in signals])


def _write(session: Session, rows: list[tuple[str, str, dict[str, Any] | None]]) -> None:
    if not rows:
        return
    session.flush()  # the version of the case is locked before the outbox gives out an id
    table = OutboxRow.__table__
    assert isinstance(table, Table)
    session.execute(
        insert(table),
        [{"case_id": case_id, "kind": kind, "content": content} for case_id, kind, content in rows],
    )
