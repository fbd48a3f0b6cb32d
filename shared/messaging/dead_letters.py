"""Events that a subscription gave up: counted, kept whole, replayed on request. The same table
for both transports; what RabbitMQ's own delivery limit puts aside is brought here too."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.messaging.tables import DeadLetter, FailedAttempt, InboxRow

_LETTERS = cast(Table, DeadLetter.__table__)
_ATTEMPTS = cast(Table, FailedAttempt.__table__)


def count_attempt(
    session: Session, subscription: str, event_id: str, error: str, *, step: int = 1
) -> int:
    """In a transaction of its own, since the handler's was rolled back; the attempts so far.
    `step` 0: this one was counted before, only its error is new."""
    first = insert(_ATTEMPTS).values(
        subscription=subscription, event_id=event_id, attempts=1, last_error=error
    )
    again = first.on_conflict_do_update(
        index_elements=["subscription", "event_id"],
        set_={
            "attempts": _ATTEMPTS.c.attempts + step,
            "last_error": error,
            "failed_at_utc": func.now(),
        },
    )
    return int(session.execute(again.returning(_ATTEMPTS.c.attempts)).scalar_one())


def forget_attempts(session: Session, subscription: str, event_id: str) -> None:
    session.execute(
        delete(_ATTEMPTS).where(
            _ATTEMPTS.c.subscription == subscription, _ATTEMPTS.c.event_id == event_id
        )
    )


def bury(
    session: Session, subscription: str, event: dict[str, Any], *, attempts: int, reason: str
) -> None:
    """Keeps the event; a letter that fails again after a replay is dead again."""
    letter = insert(_LETTERS).values(
        subscription=subscription,
        event_id=str(event.get("id")),
        type=str(event.get("type")),
        event=event,
        attempts=attempts,
        reason=reason,
    )
    session.execute(
        letter.on_conflict_do_update(
            index_elements=["subscription", "event_id"],
            set_={
                "attempts": attempts,
                "reason": reason,
                "died_at_utc": func.now(),
                "replay_requested_at_utc": None,
                "replayed_at_utc": None,
            },
        )
    )
    forget_attempts(session, subscription, str(event.get("id")))


def bury_unless_handled(
    session: Session, subscription: str, event: dict[str, Any], *, attempts: int, reason: str
) -> bool:
    handled = session.get(InboxRow, (subscription, str(event.get("id")))) is not None
    if not handled:
        bury(session, subscription, event, attempts=attempts, reason=reason)
    return not handled


def dead_letters(session: Session, subscription: str | None = None) -> list[DeadLetter]:
    """Those not replayed yet, oldest first."""
    waiting = select(DeadLetter).where(DeadLetter.replayed_at_utc.is_(None)).order_by(DeadLetter.id)
    if subscription is not None:
        waiting = waiting.where(DeadLetter.subscription == subscription)
    return list(session.scalars(waiting))


def request_replay(session: Session, ids: list[int] | None = None) -> int:
    """Asks the running consumer to try these again, or all; how many."""
    asked = update(_LETTERS).where(_LETTERS.c.replayed_at_utc.is_(None))
    if ids is not None:
        asked = asked.where(_LETTERS.c.id.in_(ids))
    asked = asked.values(replay_requested_at_utc=func.now()).returning(_LETTERS.c.id)
    return len(session.execute(asked).all())


def to_replay(session: Session, subscription: str, source: str) -> DeadLetter | None:
    """The oldest letter asked for, locked."""
    return session.scalar(
        select(DeadLetter)
        .where(
            DeadLetter.subscription == subscription,
            DeadLetter.event["source"].astext == f"/{source}",
            DeadLetter.replay_requested_at_utc.is_not(None),
            DeadLetter.replayed_at_utc.is_(None),
        )
        .order_by(DeadLetter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def mark_replayed(session: Session, id: int) -> None:
    session.execute(
        update(_LETTERS).where(_LETTERS.c.id == id).values(replayed_at_utc=text("now()"))
    )
