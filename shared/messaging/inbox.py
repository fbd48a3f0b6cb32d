"""What a subscription has dealt with: an inbox row per event, and the last contiguous number per
source. Written first in the handler's own transaction, so that a concurrent duplicate waits."""

from __future__ import annotations

from enum import Enum
from typing import Any, Protocol, cast

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.contracts import sequence_of, source_service
from shared.messaging.tables import ConsumerPosition, InboxRow

_INBOX = cast(Table, InboxRow.__table__)
_POSITIONS = cast(Table, ConsumerPosition.__table__)


class Receipt(Enum):
    NEW = "new"
    DUPLICATE = "duplicate"
    GAP = "gap"  # numbers before it have not been seen: read the feed first


class Receives(Protocol):
    """What a consumer needs of an inbox; a test composes one that forgets."""

    def receive(self, session: Session, subscription: str, event: dict[str, Any]) -> Receipt: ...

    def pass_over(self, session: Session, subscription: str, event: dict[str, Any]) -> Receipt: ...

    def receive_again(self, session: Session, subscription: str, event: dict[str, Any]) -> bool: ...

    def position(self, session: Session, subscription: str, source: str) -> int | None: ...


class Inbox:
    """All but NEW means: roll back, the event is not to be handled now."""

    def receive(self, session: Session, subscription: str, event: dict[str, Any]) -> Receipt:
        """The first thing in a handler's transaction."""
        if not self.receive_again(session, subscription, event):
            return Receipt.DUPLICATE
        return self.pass_over(session, subscription, event)

    def pass_over(self, session: Session, subscription: str, event: dict[str, Any]) -> Receipt:
        """Only the position moves on: a type that is not read, or one given up."""
        sequence, source = sequence_of(event), source_service(event)
        if sequence is None:
            return Receipt.NEW  # from no feed, so in no order: the inbox row alone decides
        if _advance(session, subscription, source, sequence):
            return Receipt.NEW
        last = self.position(session, subscription, source)
        if last == 0:
            session.execute(
                insert(_POSITIONS)
                .values(subscription=subscription, source=source, last_sequence=0)
                .on_conflict_do_nothing()
            )
            if _advance(session, subscription, source, sequence):
                return Receipt.NEW
            last = self.position(session, subscription, source) or 0
        return Receipt.DUPLICATE if sequence <= (last or 0) else Receipt.GAP

    def receive_again(self, session: Session, subscription: str, event: dict[str, Any]) -> bool:
        """Without regard to order, for a dead letter: False when it was handled meanwhile."""
        values = {"subscription": subscription, "event_id": event["id"]}
        row = insert(_INBOX).values(values).on_conflict_do_nothing()
        return session.execute(row.returning(_INBOX.c.event_id)).first() is not None

    def position(self, session: Session, subscription: str, source: str) -> int | None:
        """The last contiguous number, 0 before the first; None: this inbox keeps no positions."""
        return (
            session.scalar(
                select(_POSITIONS.c.last_sequence).where(
                    _POSITIONS.c.subscription == subscription, _POSITIONS.c.source == source
                )
            )
            or 0
        )


def _advance(session: Session, subscription: str, source: str, sequence: int) -> bool:
    """Locks the position until the commit, where it stands right before `sequence`."""
    step = (
        update(_POSITIONS)
        .where(
            _POSITIONS.c.subscription == subscription,
            _POSITIONS.c.source == source,
            _POSITIONS.c.last_sequence == sequence - 1,
        )
        .values(last_sequence=sequence)
        .returning(_POSITIONS.c.last_sequence)
    )
    return session.execute(step).first() is not None
