"""The shape of cases, tasks, findings and timelines on the wire."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from shared.approvals.model import CaseStatus
from shared.web.paging import PageQuery

LONGEST_REASON = 2_000


class TextSchema(Schema):
    zh = fields.String()
    en = fields.String()


class OfficeSchema(Schema):
    """Who is asked: the role, and the office's name and telephone where the directory has it."""

    role = fields.String()
    organisation = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    level = fields.String(allow_none=True)
    name = fields.Nested(TextSchema, allow_none=True)
    telephone = fields.String(allow_none=True)


class WaitsForSchema(Schema):
    step = fields.String(
        allow_none=True, metadata={"description": "Of a returned case: where it goes on"}
    )
    kind = fields.String(
        metadata={"description": "The step's kind; confirmation or correction of the applicant"}
    )
    title = fields.Nested(TextSchema)
    says = fields.Nested(
        TextSchema, allow_none=True, metadata={"description": "Where it stands, in words"}
    )
    opened_at_utc = fields.AwareDateTime()
    due_at_utc = fields.AwareDateTime(allow_none=True, metadata={"description": "A notice's end"})
    due_provisional = fields.Boolean()
    offices = fields.List(fields.Nested(OfficeSchema))


class StepSchema(Schema):
    key = fields.String()
    kind = fields.String()
    title = fields.Nested(TextSchema)
    status = fields.String(metadata={"description": "open, completed, skipped, cancelled, ahead"})
    outcome = fields.String(allow_none=True)
    round = fields.Integer(allow_none=True)
    due_at_utc = fields.AwareDateTime(allow_none=True)
    notice_id = fields.String(allow_none=True)


class CaseSchema(Schema):
    """`personal` is masked. `waiting` says who has the case, and by when."""

    id = fields.String()
    procedure = fields.String()
    procedure_version = fields.String()
    title = fields.Nested(TextSchema)
    status = fields.String()
    applicant_name = fields.String()
    subject_name = fields.String()
    employer = fields.String(allow_none=True)
    region = fields.String()
    form = fields.Dict()
    personal = fields.Dict()
    amount_fen = fields.Integer(allow_none=True)
    outcome_reason = fields.String(allow_none=True)
    opened_at_utc = fields.AwareDateTime()
    submitted_at_utc = fields.AwareDateTime(allow_none=True)
    closed_at_utc = fields.AwareDateTime(allow_none=True)
    waiting = fields.Nested(WaitsForSchema, allow_none=True)
    steps = fields.List(fields.Nested(StepSchema))
    version = fields.Integer()


class CaseRowSchema(Schema):
    id = fields.String()
    procedure = fields.String()
    procedure_version = fields.String()
    title = fields.Nested(TextSchema)
    status = fields.String()
    subject_name = fields.String()
    region = fields.String()
    current_step = fields.String(allow_none=True)
    amount_fen = fields.Integer(allow_none=True)
    opened_at_utc = fields.AwareDateTime()
    closed_at_utc = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class TaskSchema(Schema):
    """A task in a worklist, with enough of its case to choose it by."""

    id = fields.String()
    service = fields.String()
    case_id = fields.String()
    step = fields.String()
    title = fields.Nested(TextSchema)
    procedure_title = fields.Nested(TextSchema)
    kind = fields.String()
    seat = fields.String()
    may = fields.List(fields.String(), metadata={"description": "What it may answer"})
    acts = fields.List(
        fields.String(),
        metadata={"description": "What you can do: claim, release, take_over, decide"},
    )
    status = fields.String()
    says = fields.Nested(
        TextSchema,
        allow_none=True,
        metadata={"description": "Who has it, or why nobody needs to decide it; one task only."},
    )
    subject_name = fields.String()
    reserved_by_name = fields.String(allow_none=True)
    opened_at_utc = fields.AwareDateTime()
    due_at_utc = fields.AwareDateTime(allow_none=True)
    overdue = fields.Boolean()
    grounds = fields.String(metadata={"description": "Of the objection to settle; one task only."})
    version = fields.Integer()


class FindingSchema(Schema):
    rule = fields.String()
    passed = fields.Boolean(allow_none=True)
    facts = fields.Dict()
    clause = fields.Method("_clause")
    text = fields.Method("_text")
    remedy = fields.Method("_remedy")
    evaluated_at_utc = fields.AwareDateTime()

    def _clause(self, row: Any) -> dict[str, str]:
        return {"zh": row.clause, "en": row.clause_en or row.clause}

    def _text(self, row: Any) -> dict[str, str]:
        return {"zh": row.zh, "en": row.en}

    def _remedy(self, row: Any) -> dict[str, str] | None:
        return {"zh": row.remedy_zh, "en": row.remedy_en or ""} if row.remedy_zh else None


class TimelineEntrySchema(Schema):
    at_utc = fields.AwareDateTime()
    action = fields.String()
    actor_name = fields.String()
    reason = fields.String(allow_none=True)
    facts = fields.Dict()
    says = fields.Nested(
        TextSchema, allow_none=True, metadata={"description": "The facts in words"}
    )


class DecisionSchema(Schema):
    id = fields.String()
    task_id = fields.String()
    case_id = fields.String()
    step_key = fields.String()
    seat = fields.String()
    outcome = fields.String()
    reason = fields.String()
    data = fields.Dict()
    decided_by_name = fields.String()
    decided_at_utc = fields.AwareDateTime()


class OpenCaseSchema(Schema):
    class Meta:
        unknown = RAISE

    procedure = fields.String(required=True, validate=validate.Length(min=1, max=100))
    form = fields.Dict(keys=fields.String(), load_default=dict)
    draft = fields.Boolean(load_default=False)


class FormSchema(Schema):
    class Meta:
        unknown = RAISE

    form = fields.Dict(keys=fields.String(), load_default=dict)


class ReasonSchema(Schema):
    class Meta:
        unknown = RAISE

    reason = fields.String(load_default="", validate=validate.Length(max=LONGEST_REASON))


class DecideSchema(Schema):
    """`data`: {score} for an expert; {minutes_no, members, present, in_favour, against, abstain}
    for a meeting."""

    class Meta:
        unknown = RAISE

    outcome = fields.String(required=True, validate=validate.Length(min=1, max=50))
    reason = fields.String(load_default="", validate=validate.Length(max=LONGEST_REASON))
    data = fields.Dict(keys=fields.String(), load_default=dict)


class CaseListQuery(PageQuery):
    status = fields.String(load_default=None, validate=validate.OneOf(list(CaseStatus)))


class CasePageSchema(Schema):
    items = fields.List(fields.Nested(CaseRowSchema))
    next = fields.String(allow_none=True)


class TaskPageSchema(Schema):
    items = fields.List(fields.Nested(TaskSchema))
    next = fields.String(allow_none=True)


class FindingListSchema(Schema):
    items = fields.List(fields.Nested(FindingSchema))


class TimelineSchema(Schema):
    items = fields.List(fields.Nested(TimelineEntrySchema))
