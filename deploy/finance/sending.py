"""Sends each instruction to the bank at most once.

Before an order goes out, its batch is read: only what is instructed there now is sent. An order
that an earlier process may have sent (see doubt.py) goes out only when the bank says that it has
no such payment. `sending` is committed before the order goes out: whatever happens after that, a
time-out or a kill at any line, the payment is asked about and never sent again."""

import logging
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from deploy.finance.bank import Bank, Unanswered
from deploy.finance.batches import Batches, Line, why_not
from deploy.finance.database import Connection, rows
from deploy.finance.outcomes import NO_LONGER_KNOWN, TOLD, learn
from deploy.finance.subsidy import Away, Refused, Subsidy
from deploy.finance.troubles import READ, is_over, put_off

AT_ONCE = 500
LONGEST_WAIT_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """In seconds; see settings.py."""

    ask: float
    not_booked: float


def send_received(connection: Connection, subsidy: Subsidy, bank: Bank, patience: Patience) -> int:
    """Send what waits; answers how many instructions were due. Raises Away when subsidy or the bank
    does not answer: the order in question was not sent then, and is not the first to be tried
    next. A batch that subsidy does not let be read waits by itself."""
    waiting = rows(
        connection,
        "SELECT payment_id, end_to_end_id, batch_id, amount_fen, state, asked, "
        "doubted_at IS NOT NULL AS doubted, "
        "doubted_at < now() - make_interval(secs => %s) AS long_ago "
        "FROM instructions WHERE state IN ('received', 'withheld') "
        "AND (ask_at IS NULL OR ask_at <= now()) AND batch_id NOT IN "
        "(SELECT batch_id FROM batch_troubles WHERE what = %s AND again_at > now()) "
        "ORDER BY batch_id, payment_id LIMIT %s",
        patience.not_booked,
        READ,
        AT_ONCE,
    )
    batches = Batches(subsidy)
    for batch_id, group in groupby(waiting, key=lambda row: str(row["batch_id"])):
        for row in group:
            try:
                line = batches.line(row)
            except Away as away:
                put_off(connection, batch_id, READ, str(away))
                if isinstance(away, Refused):
                    break
                raise
            _handle(connection, bank, row, line, patience)
        else:
            is_over(connection, batch_id, READ)
    return len(waiting)


def _handle(
    connection: Connection, bank: Bank, row: dict[str, Any], line: Line | None, patience: Patience
) -> None:
    end_to_end_id = row["end_to_end_id"]
    if line is not None and line.state in TOLD:
        return _adopt(connection, end_to_end_id, line)
    reason = why_not(row, line)
    if line is None or reason is not None:
        return _withhold(connection, row, reason or "NOT_IN_BATCH")
    if row["doubted"] and not _bank_has_none(connection, bank, row, patience):
        return None
    if _begin(connection, end_to_end_id, patience):
        _send(connection, bank, line, patience)
    return None


def _adopt(connection: Connection, end_to_end_id: str, line: Line) -> None:
    """Subsidy knows how it stands, by a report of an earlier process or of a person."""
    connection.execute(
        "UPDATE instructions SET state = %s, reason_code = %s, changed_at = now(), asked = 0, "
        "ask_at = now(), accepted_at = CASE WHEN %s THEN now() END "
        "WHERE end_to_end_id = %s AND state IN ('received', 'withheld')",
        (line.state, line.reason_code, line.reason_code == NO_LONGER_KNOWN, end_to_end_id),
    )


def _withhold(connection: Connection, row: dict[str, Any], reason: str) -> None:
    """Not sent, and looked at again, less often each time."""
    if row["state"] == "received":
        log.error("%s is withheld: %s", row["end_to_end_id"], reason)
    connection.execute(
        "UPDATE instructions SET state = 'withheld', reason_code = %s, changed_at = now() "
        "WHERE end_to_end_id = %s AND state IN ('received', 'withheld')",
        (reason, row["end_to_end_id"]),
    )
    _look_again(connection, row, 1.0)


def _bank_has_none(
    connection: Connection, bank: Bank, row: dict[str, Any], patience: Patience
) -> bool:
    """An order that an earlier process sent a moment ago may still be under way: the bank's "no
    such payment" counts only when that was long enough ago."""
    end_to_end_id = row["end_to_end_id"]
    _look_again(connection, row, patience.ask)
    answer = bank.ask(end_to_end_id)
    if answer.status is None:
        return bool(row["long_ago"])
    state = "sent" if answer.status == "pending" else answer.status
    learn(
        connection,
        end_to_end_id,
        state,
        report_id=f"asked:{end_to_end_id}:{state}",
        reason_code=answer.reason_code,
        amount_fen=answer.amount_fen,
    )
    return False


def _look_again(connection: Connection, row: dict[str, Any], first: float) -> None:
    wait = min(LONGEST_WAIT_SECONDS, first * 2 ** min(int(row["asked"]), 10))
    connection.execute(
        "UPDATE instructions SET asked = asked + 1, "
        "ask_at = now() + make_interval(secs => %s) "
        "WHERE end_to_end_id = %s AND state IN ('received', 'withheld')",
        (wait, row["end_to_end_id"]),
    )


def _begin(connection: Connection, end_to_end_id: str, patience: Patience) -> bool:
    """Committed on its own, before the order goes out."""
    return (
        connection.execute(
            "UPDATE instructions SET state = 'sending', reason_code = NULL, sending_at = now(), "
            "changed_at = now(), asked = 0, ask_at = now() + make_interval(secs => %s) "
            "WHERE end_to_end_id = %s AND state IN ('received', 'withheld') RETURNING 1",
            (patience.ask * 10, end_to_end_id),
        ).fetchone()
        is not None
    )


def _send(connection: Connection, bank: Bank, line: Line, patience: Patience) -> None:
    end_to_end_id = line.end_to_end_id
    try:
        answer = bank.pay(
            end_to_end_id=end_to_end_id,
            amount_fen=line.amount_fen,
            account=line.account,
            name=line.name,
        )
    except Unanswered:
        learn(connection, end_to_end_id, "unknown", report_id=f"unknown:{end_to_end_id}")
        connection.execute(
            "UPDATE instructions SET ask_at = now() + make_interval(secs => %s) "
            "WHERE end_to_end_id = %s",
            (patience.ask, end_to_end_id),
        )
        return
    state = "sent" if answer.status == "pending" else str(answer.status)
    learn(
        connection,
        end_to_end_id,
        state,
        report_id=f"sent:{end_to_end_id}",
        reason_code=answer.reason_code,
    )
