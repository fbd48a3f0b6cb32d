"""What one process of a service does from time to time for all of them: its relay calls it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from shared.approvals.due_dates import settle_due_dates
from shared.approvals.office import CaseOffice
from shared.approvals.staffing import look_again, notice_who_left
from shared.kernel.clock import wall_now
from shared.messaging.relay import Chore
from shared.web.idempotency import forget_answers

ANSWERS_KEPT = timedelta(days=7)  # nobody sends a request again after so long
MINUTE = 60.0


def chores_of(office: CaseOffice) -> Sequence[Chore]:
    looked = {"after": ""}

    def settle(connection: Connection) -> None:
        with Session(connection, expire_on_commit=False) as session:
            settle_due_dates(session, office)
            session.flush()

    def staff(connection: Connection) -> None:
        with Session(connection, expire_on_commit=False) as session:
            look_again(session, office)
            if office.staff is not None:
                looked["after"] = notice_who_left(session, office, looked["after"])
            session.flush()

    def forget(connection: Connection) -> None:
        forget_answers(connection, wall_now() - ANSWERS_KEPT)

    return [(MINUTE, settle), (MINUTE, staff), (10 * MINUTE, forget)]
