"""The bank's status reports: a JSON list, or pain.002; answered line by line."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from marshmallow import ValidationError

from services.subsidy.bank_files.pain002 import read_pain002
from services.subsidy.batches.queries import OFFICES, PAYERS, sent_amounts, visible_batch
from services.subsidy.reports.errors import ReportSaysNothing, UnreadableReport
from services.subsidy.reports.handlers import record_reports
from services.subsidy.reports.keeping import (
    APPLIED,
    CONTRADICTS,
    NOTED,
    REFUSED,
    REPEATED,
    ReportResult,
)
from services.subsidy.reports.levels import SentBatch, lines_of
from services.subsidy.reports.lines import Line, RefusedLine
from services.subsidy.reports.queries import lines_received
from services.subsidy.reports.schemas import (
    ReceivedPageSchema,
    ReportAnswerSchema,
    StatusReportSchema,
)
from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError
from shared.persistence import Sessions
from shared.web.access import current_actor, requires
from shared.web.languages import language
from shared.web.paging import PageQuery, decode_cursor, page_of
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
        pain002 = read_pain002(request.get_data()) if request.mimetype in XML else None
        lines = [] if pain002 is not None else _json_lines()
        actor = current_actor()
        with sessions.begin() as session:
            batch = visible_batch(session, batch_id, actor)
            if pain002 is not None:
                lines = lines_of(pain002, SentBatch(batch.id, sent_amounts(session, batch)))
            results = record_reports(session, office.clock, actor, batch_id, lines)
        counts = {
            outcome: sum(result.outcome == outcome for result in results)
            for outcome in (APPLIED, NOTED, REPEATED, CONTRADICTS, REFUSED)
        }
        return jsonify(shown.dump({**counts, "results": [_view(each) for each in results]}))

    @routes.get("/payment-batches/<batch_id>/status-reports")
    @routes.arguments(PageQuery, location="query")
    @routes.response(200, ReceivedPageSchema)
    @requires(*PAYERS, *OFFICES)
    def list_received(query: dict[str, Any], batch_id: str) -> Any:
        """Every line that was received for the batch with what came of it, newest first; those too
        that were refused or name none of its payments."""
        after = decode_cursor(query["after"], str)[0] if query["after"] else None
        limit = query["limit"]
        with sessions() as session:
            visible_batch(session, batch_id, current_actor())
            rows = lines_received(session, batch_id, after=after, limit=limit)
            return page_of(rows, limit, lambda line: (line.id,))

    return routes


def _json_lines() -> list[Line]:
    lines = request.get_json()
    if not isinstance(lines, list) or len(lines) > LARGEST:
        raise UnreadableReport(why=f"JSON list, 1..{LARGEST}")
    if not lines:
        raise ReportSaysNothing()
    schema = StatusReportSchema()
    read: list[Line] = []
    for line in lines:
        try:
            read.append(schema.read(line))
        except ValidationError as error:
            wrong = list(validation_errors(error.messages, top=False))
            read.append(_unreadable(line, wrong))
    return read


def _unreadable(line: Any, wrong: list[DomainError]) -> RefusedLine:
    """What can be kept of a line that cannot be applied: its payment, its id, its status."""
    told = line if isinstance(line, dict) else {}
    end_to_end_id, report_id, status = (
        each if isinstance(each := told.get(name), str) else None
        for name in ("end_to_end_id", "report_id", "status")
    )
    return RefusedLine(wrong, end_to_end_id, report_id, status)


def _view(result: ReportResult) -> dict[str, Any]:
    return {
        "row": result.row,
        "end_to_end_id": result.end_to_end_id,
        "outcome": result.outcome,
        "state": result.state,
        "errors": _errors(result.errors),
    }


def _errors(errors: Sequence[DomainError]) -> list[dict[str, Any]]:
    return [
        {"code": error.code, "field": error.field, "detail": error.text(language())}
        for error in errors
    ]
