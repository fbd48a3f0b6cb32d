"""`python -m tests.faults.dying_clerk URL OUTBOX [MOMENT]`: ends cases one by one, each with its
event, and kills itself with -9 at a moment of one of them. Started again, it goes through all of
them as clients do that got no answer; what is there already is left as it is.

OUTBOX: `inside` the transaction, as it must be; `afterwards` or `beforehand`, in another one."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, text

from shared.contracts import make_event
from shared.messaging.outbox import Outbox, Row
from shared.persistence import Sessions, open_engine, open_sessions

CASES = [f"CLM-2024-{number:06d}" for number in range(1, 8)]
DEADLY = CASES[3]
AT = datetime(2024, 3, 4, 9, tzinfo=UTC)
CLOSED = "subsidy.case_closed.v1"


class OutboxAfterwards(Outbox):
    """Wrong: a kill after the commit loses what was to be sent."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def write(self, session: Any, rows: list[Row]) -> None:
        def send(_: Any) -> None:
            with self._sessions.begin() as own:
                Outbox().write(own, rows)

        event.listen(session, "after_commit", send, once=True)


class OutboxBeforehand(Outbox):
    """Wrong: a kill before the commit has sent what never happened."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def write(self, session: Any, rows: list[Row]) -> None:
        with self._sessions.begin() as own:
            Outbox().write(own, rows)


def end_case(sessions: Sessions, outbox: Outbox, case_id: str, moment: str | None) -> None:
    """`moment`: before_commit or after_commit, where this process dies; None: it lives."""
    with sessions() as session:
        if moment is not None:
            event.listen(session, moment, die, once=True)
        with session.begin():
            new = session.execute(
                text("INSERT INTO ended VALUES (:id) ON CONFLICT DO NOTHING RETURNING case_id"),
                {"id": case_id},
            ).first()
            if new is not None:
                outbox.publish(session, closed(case_id), case_id=case_id)


def die(_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def closed(case_id: str) -> dict[str, Any]:
    data = {
        "case_id": case_id,
        "procedure": "trainee-living-allowance",
        "procedure_version": "hubei-2023",
        "person_ref": "5f" * 32,
        "region": "421281",
        "outcome": "approved",
    }
    return make_event(CLOSED, subject=case_id, data=data, at=AT)


def main(url: str, name: str, moment: str | None = None) -> None:
    sessions = open_sessions(open_engine(url, "dying clerk", pool_size=2))
    outboxes = {
        "inside": Outbox(),
        "afterwards": OutboxAfterwards(sessions),
        "beforehand": OutboxBeforehand(sessions),
    }
    for case_id in CASES:
        end_case(sessions, outboxes[name], case_id, moment if case_id == DEADLY else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
