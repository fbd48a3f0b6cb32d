"""Sends each stored instruction to the bank at most once.

`sending` is committed before the order goes out. Whatever happens after that, a time-out or a kill
at any line, the payment is asked about and never sent again."""

from deploy.finance.bank import Bank, Unanswered
from deploy.finance.database import Connection, rows
from deploy.finance.outcomes import learn
from deploy.finance.subsidy import Subsidy

AT_ONCE = 500


def send_received(
    connection: Connection, subsidy: Subsidy, bank: Bank, *, ask_seconds: float
) -> int:
    """Send what is stored and not sent yet; answers how many went out. Raises Away when subsidy
    cannot say whom to pay: nothing was sent then."""
    waiting = rows(
        connection,
        "SELECT end_to_end_id, batch_id, amount_fen FROM instructions "
        "WHERE state = 'received' ORDER BY batch_id, payment_id LIMIT %s",
        AT_ONCE,
    )
    payees: dict[str, dict[str, dict[str, str]]] = {}
    for row in waiting:
        batch_id, end_to_end_id = row["batch_id"], row["end_to_end_id"]
        if batch_id not in payees:
            payees = {batch_id: subsidy.payees(batch_id)}
        payee = payees[batch_id].get(end_to_end_id)
        if payee is not None and _begin(connection, end_to_end_id, ask_seconds):
            _send(connection, bank, end_to_end_id, int(row["amount_fen"]), payee, ask_seconds)
    return len(waiting)


def recover(connection: Connection) -> None:
    """After a start: what was being sent when the last process ended is to be asked about now."""
    connection.execute("UPDATE instructions SET ask_at = now() WHERE state = 'sending'")


def _begin(connection: Connection, end_to_end_id: str, ask_seconds: float) -> bool:
    """Committed on its own, before the order goes out."""
    return (
        connection.execute(
            "UPDATE instructions SET state = 'sending', sending_at = now(), changed_at = now(), "
            "ask_at = now() + make_interval(secs => %s) "
            "WHERE end_to_end_id = %s AND state = 'received' RETURNING 1",
            (ask_seconds * 10, end_to_end_id),
        ).fetchone()
        is not None
    )


def _send(
    connection: Connection,
    bank: Bank,
    end_to_end_id: str,
    amount_fen: int,
    payee: dict[str, str],
    ask_seconds: float,
) -> None:
    report_id = f"sent:{end_to_end_id}"
    try:
        answer = bank.pay(
            end_to_end_id=end_to_end_id,
            amount_fen=amount_fen,
            account=payee["account"],
            name=payee["name"],
        )
    except Unanswered:
        learn(connection, end_to_end_id, "unknown", report_id=f"unknown:{end_to_end_id}")
        connection.execute(
            "UPDATE instructions SET ask_at = now() + make_interval(secs => %s) "
            "WHERE end_to_end_id = %s",
            (ask_seconds, end_to_end_id),
        )
        return
    state = "sent" if answer.status == "pending" else str(answer.status)
    learn(connection, end_to_end_id, state, report_id=report_id, reason_code=answer.reason_code)
