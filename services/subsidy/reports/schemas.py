"""One line of a status report, and what became of it."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.subsidy.payments.rules import REPORTED, PaymentState
from services.subsidy.reports.lines import StatusReport
from services.subsidy.reports.rules import plain


def _printable(text: str) -> None:
    """No database takes half characters and NUL."""
    if not text.isprintable():
        raise ValidationError("Invalid value.")


class StatusReportSchema(Schema):
    class Meta:
        unknown = RAISE

    report_id = fields.String(load_default=None, validate=(validate.Length(1, 200), _printable))
    end_to_end_id = fields.String(required=True, validate=(validate.Length(1, 35), _printable))
    status = fields.String(
        required=True, validate=validate.OneOf([state.value for state in REPORTED])
    )
    reason_code = fields.String(
        load_default=None, allow_none=True, validate=(validate.Length(max=100), _printable)
    )
    reported_at = fields.AwareDateTime(required=True, format="iso")
    amount_fen = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, 2**62))
    currency = fields.String(load_default=None, validate=(validate.Length(1, 3), _printable))

    def read(self, line: Any) -> StatusReport:
        """Raises marshmallow's ValidationError."""
        values: Any = self.load(line)
        values["status"] = PaymentState(values["status"])
        if values["reason_code"]:
            values["reason_code"] = plain(values["reason_code"], 100)
        return StatusReport(**values)


class ReportErrorSchema(Schema):
    code = fields.String()
    field = fields.String()
    detail = fields.String()


class ReportResultSchema(Schema):
    row = fields.Integer()
    end_to_end_id = fields.String(allow_none=True)
    outcome = fields.String(
        metadata={"description": "applied, noted, repeated, contradicts or refused"}
    )
    state = fields.String(allow_none=True)
    errors = fields.List(fields.Nested(ReportErrorSchema))


class ReportAnswerSchema(Schema):
    applied = fields.Integer()
    noted = fields.Integer()
    repeated = fields.Integer()
    contradicts = fields.Integer()
    refused = fields.Integer()
    results = fields.List(fields.Nested(ReportResultSchema))


class ReceivedLineSchema(Schema):
    """A line as it was received, and what came of it."""

    id = fields.String()
    report_id = fields.String()
    end_to_end_id = fields.String()
    payment_id = fields.String(allow_none=True)
    status = fields.String()
    bank_status = fields.String(allow_none=True)
    reason_code = fields.String(allow_none=True)
    information = fields.String(allow_none=True)
    amount_fen = fields.Integer(allow_none=True)
    reported_at_utc = fields.AwareDateTime(allow_none=True)
    received_at_utc = fields.AwareDateTime()
    outcome = fields.String()
    error_code = fields.String(allow_none=True)


class ReceivedPageSchema(Schema):
    items = fields.List(fields.Nested(ReceivedLineSchema))
    next = fields.String(allow_none=True)
