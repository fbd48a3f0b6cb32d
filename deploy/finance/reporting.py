"""Takes the bank's reports in, and tells subsidy what is known."""

import json
import logging
from itertools import groupby
from typing import Any

from deploy.finance.bank import Bank
from deploy.finance.database import Connection, rows
from deploy.finance.moments import read_moment
from deploy.finance.outcomes import learn
from deploy.finance.subsidy import Away, Refused, Subsidy
from deploy.finance.troubles import REPORT, is_over, put_off

log = logging.getLogger(__name__)

BANK = "bank"


def poll_bank(connection: Connection, bank: Bank) -> int:
    """Take the bank's next reports in; answers how many. The last one is read once more: where
    another has its number, or none, the bank was restored and its reports are all read again,
    which changes nothing that is known. Raises Away."""
    connection.execute(
        "INSERT INTO positions (source, last_sequence) VALUES (%s, 0) ON CONFLICT DO NOTHING",
        (BANK,),
    )
    [known] = rows(
        connection, "SELECT last_sequence, last_report FROM positions WHERE source = %s", BANK
    )
    last = int(known["last_sequence"])
    reports = bank.reports(max(0, last - 1))
    if last:
        if not reports or _mark(reports[0]) != (known["last_report"] or _mark(reports[0])):
            log.error("bank:%s is not what it was: its reports are all read again", last)
            _move_on(connection, 0, None)
            return 1
        reports = [report for report in reports if int(report["n"]) > last]
    for report in reports:
        reported_at = read_moment(report.get("reported_at"))
        if reported_at is None:
            log.error("bank:%s has no time that can be read: it counts from now", report["n"])
        with connection.transaction():
            learn(
                connection,
                report["end_to_end_id"],
                "sent" if report["status"] == "pending" else report["status"],
                report_id=f"bank:{report['n']}",
                reason_code=report.get("reason_code"),
                reported_at=reported_at,
                amount_fen=report.get("amount_fen"),
            )
            _move_on(connection, int(report["n"]), _mark(report))
    return len(reports)


def _mark(report: dict[str, Any]) -> str:
    return f"{report['n']} {report['end_to_end_id']} {report['status']}"


def _move_on(connection: Connection, number: int, mark: str | None) -> None:
    connection.execute(
        "UPDATE positions SET last_sequence = %s, last_report = %s WHERE source = %s",
        (number, mark, BANK),
    )


def post_reports(connection: Connection, subsidy: Subsidy) -> int:
    """Post what subsidy was not told yet, batch by batch; answers how many. A kill between the
    answer and the mark posts a line again, and subsidy answers that it is repeated. A batch whose
    reports subsidy does not take waits by itself, its lines in order. Raises Away."""
    waiting = rows(
        connection,
        "SELECT id, report_id, batch_id, end_to_end_id, status, reason_code, amount_fen, "
        "reported_at "
        "FROM (SELECT * FROM reports WHERE posted_at IS NULL AND batch_id NOT IN "
        "(SELECT batch_id FROM batch_troubles WHERE what = %s AND again_at > now()) "
        "ORDER BY id LIMIT 500) AS next "
        "ORDER BY batch_id, id",
        REPORT,
    )
    batches = groupby(waiting, key=lambda row: str(row["batch_id"]))
    return sum(_post(connection, subsidy, batch_id, list(rows)) for batch_id, rows in batches)


def _post(
    connection: Connection, subsidy: Subsidy, batch_id: str, waiting: list[dict[str, Any]]
) -> int:
    try:
        results = subsidy.report(batch_id, [_line(row) for row in waiting])
    except Away as away:
        put_off(connection, batch_id, REPORT, str(away))
        if isinstance(away, Refused):
            return 0
        raise
    is_over(connection, batch_id, REPORT)
    for row, result in zip(waiting, results, strict=True):
        if result["outcome"] in ("refused", "contradicts"):
            log.error("%s %s: %s", result["outcome"], row["report_id"], _codes(result))
        connection.execute(
            "UPDATE reports SET posted_at = now(), answer = %s WHERE id = %s",
            (json.dumps(result, ensure_ascii=False), row["id"]),
        )
    return len(waiting)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    said = {} if row["amount_fen"] is None else {"amount_fen": row["amount_fen"]}
    return said | {
        "report_id": row["report_id"],
        "end_to_end_id": row["end_to_end_id"],
        "status": row["status"],
        "reason_code": row["reason_code"],
        "reported_at": row["reported_at"].isoformat(),
    }


def _codes(result: dict[str, Any]) -> str:
    return ", ".join(str(error.get("code")) for error in result.get("errors") or ())
