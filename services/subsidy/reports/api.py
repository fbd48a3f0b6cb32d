"""The bank's status reports: a JSON list, or pain.002; answered line by line."""

from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from marshmallow import ValidationError

from services.subsidy.bank_files.pain002 import read_pain002
from services.subsidy.batches.queries import PAYERS, visible_batch
from services.subsidy.payments.errors import UnreadableReport
from services.subsidy.reports.handlers import ReportResult, StatusReport, record_reports
from services.subsidy.reports.schemas import ReportAnswerSchema, StatusReportSchema
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.languages import language
from shared.web.problems import validation_errors

LARGEST = 1000
XML = ("application/xml", "text/xml")


def report_routes(sessions: Sessions, office: CaseOffice) -> Blueprint:
    routes = Blueprint("reports", "reports", description="Status reports 银行回执")
    shown = ReportAnswerSchema()

    @routes.post("/payment-batches/<batch_id>/status-reports")
    @routes.response(200, ReportAnswerSchema)
    @requires(*PAYERS)
    def report(batch_id: str) -> Response:
        """A JSON list of {end_to_end_id, status: settled|rejected|returned|unknown, reason_code,
        reported_at, report_id}, or pain.002. A bad line keeps no other from being applied; a line
        that was sent before changes nothing."""
        good, results = _read()
        with sessions.begin() as session:
            visible_batch(session, batch_id, current_actor())
            recorded = record_reports(
                session, office.clock, current_actor(), batch_id, [line for _, line in good]
            )
        for (row, _), result in zip(good, recorded, strict=True):
            results.append(_view(row, result))
        results.sort(key=lambda result: result["row"])
        counts = {
            outcome: sum(result["outcome"] == outcome for result in results)
            for outcome in ("applied", "repeated", "refused")
        }
        return jsonify(shown.dump({**counts, "results": results}))

    return routes


def _read() -> tuple[list[tuple[int, StatusReport]], list[dict[str, Any]]]:
    """The readable lines with their numbers, and the results of those that are not."""
    if request.mimetype in XML:
        return list(enumerate(read_pain002(request.get_data()), start=1)), []
    lines = request.get_json()
    if not isinstance(lines, list) or len(lines) > LARGEST:
        raise UnreadableReport(why=f"JSON list, 0..{LARGEST}")
    schema = StatusReportSchema()
    good, bad = [], []
    for row, line in enumerate(lines, start=1):
        try:
            good.append((row, schema.read(line)))
        except ValidationError as error:
            wrong = list(validation_errors(error.messages, top=False))
            bad.append({"row": row, "outcome": "refused", "errors": _errors(wrong)})
    return good, bad


def _view(row: int, result: ReportResult) -> dict[str, Any]:
    return {
        "row": row,
        "end_to_end_id": result.end_to_end_id,
        "outcome": result.outcome,
        "state": result.state,
        "errors": [] if result.error is None else _errors([result.error]),
    }


def _errors(errors: list[DomainError]) -> list[dict[str, Any]]:
    return [
        {"code": error.code, "field": error.field, "detail": error.text(language())}
        for error in errors
    ]
