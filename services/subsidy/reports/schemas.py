"""One line of a status report, and what became of it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from services.subsidy.payments.rules import REPORTED, PaymentState
from services.subsidy.reports.handlers import StatusReport


class StatusReportSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    report_id = fields.String(load_default=None, validate=validate.Length(min=1, max=200))
    end_to_end_id = fields.String(required=True, validate=validate.Length(min=1, max=35))
    status = fields.String(
        required=True, validate=validate.OneOf([state.value for state in REPORTED])
    )
    reason_code = fields.String(load_default=None, validate=validate.Length(max=100))
    reported_at = fields.AwareDateTime(required=True, format="iso")

    def read(self, line: Any) -> StatusReport:
        """Raises marshmallow's ValidationError."""
        values: Any = self.load(line)
        values["status"] = PaymentState(values["status"])
        return StatusReport(**values)


class ReportErrorSchema(Schema):
    code = fields.String()
    field = fields.String()
    detail = fields.String()


class ReportResultSchema(Schema):
    row = fields.Integer()
    end_to_end_id = fields.String(allow_none=True)
    outcome = fields.String(metadata={"description": "applied, repeated or refused"})
    state = fields.String(allow_none=True)
    errors = fields.List(fields.Nested(ReportErrorSchema))


class ReportAnswerSchema(Schema):
    applied = fields.Integer()
    repeated = fields.Integer()
    refused = fields.Integer()
    results = fields.List(fields.Nested(ReportResultSchema))
