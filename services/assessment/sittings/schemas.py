"""Sittings on the wire. Identity numbers go out masked, and only to offices."""

from marshmallow import RAISE, Schema, fields, validate


class RosterRowSchema(Schema):
    """A row of a roster as JSON: the columns of the template by key. What is wrong with a row is
    said by the roster's own reading, with its number, in the same words as for a spreadsheet."""

    class Meta:
        unknown = RAISE

    name = fields.Raw(load_default="")
    identity_number = fields.Raw(load_default="")
    phone = fields.Raw(load_default="")
    condition = fields.Raw(load_default="")
    years_in_occupation = fields.Raw(load_default="")
    previous_certificate_no = fields.Raw(load_default="")
    previous_level = fields.Raw(load_default="")
    previous_issued_on = fields.Raw(load_default="")
    graduation = fields.Raw(load_default="")
    graduation_related = fields.Raw(load_default="")
    title_level = fields.Raw(load_default="")
    title_years = fields.Raw(load_default="")
    apprenticeship_finished = fields.Raw(load_default="")


class RosterSchema(Schema):
    rows = fields.List(
        fields.Nested(RosterRowSchema), required=True, validate=validate.Length(min=1, max=2000)
    )
    accept_good_rows = fields.Boolean(load_default=False)


class OpenSittingSchema(RosterSchema):
    """JSON; as multipart the same with the file `roster` instead of `rows`, each field of the
    procedure's form a form field."""

    procedure = fields.String(load_default="welder-assessment")
    form = fields.Dict(keys=fields.String(), required=True)
    draft = fields.Boolean(load_default=False)


class RowErrorSchema(Schema):
    row = fields.Integer(metadata={"description": "as the spreadsheet numbers it"})
    column = fields.String(attribute="field")
    column_name = fields.String()
    code = fields.String()
    reason_zh = fields.String()
    reason_en = fields.String()
    remedy_zh = fields.String(allow_none=True)
    remedy_en = fields.String(allow_none=True)


class SittingSchema(Schema):
    id = fields.String(attribute="case_id")
    organisation = fields.String()
    organisation_name = fields.String()
    occupation = fields.String()
    occupation_name = fields.String()
    level = fields.String()
    held_on = fields.Date()
    place = fields.String()
    region = fields.String()
    employer = fields.String(allow_none=True)
    employer_name = fields.String(allow_none=True)
    status = fields.String()
    current_step = fields.String(allow_none=True)
    candidates = fields.Integer(metadata={"description": "how many"})
    passed = fields.Integer(metadata={"description": "how many, once the scores are locked"})
    scores_locked_at_utc = fields.DateTime(allow_none=True)
    version = fields.Integer()


class RosterImportSchema(SittingSchema):
    """`skipped`: every row left out, with its reasons."""

    skipped = fields.List(fields.Nested(RowErrorSchema))


class SittingsSchema(Schema):
    items = fields.List(fields.Nested(SittingSchema))
    next = fields.String(allow_none=True)


class CandidateSchema(Schema):
    number = fields.Integer()
    name = fields.String()
    identity_number = fields.String(metadata={"description": "masked"})
    condition = fields.String()
    meets_condition = fields.Boolean(allow_none=True)
    findings = fields.List(fields.Dict())
    lost_ground = fields.Boolean(
        metadata={"description": "the certificate that the condition rests on was revoked since"}
    )
    theory = fields.String(allow_none=True)
    practical = fields.String(allow_none=True)
    carried = fields.List(
        fields.String(), metadata={"description": "parts that were passed before"}
    )
    withdrawn_on = fields.Date(allow_none=True)
    passed = fields.Boolean(allow_none=True)
    certificate_no = fields.String(allow_none=True)
    certificate_state = fields.String(allow_none=True)
    certificate_name = fields.String(
        allow_none=True, metadata={"description": "another than `name` once it was reissued"}
    )


class WithdrawalSchema(Schema):
    reason = fields.String(required=True, validate=validate.Length(min=2, max=500))


class StaffingSchema(Schema):
    rule = fields.String()
    passed = fields.Boolean()
    zh = fields.String()
    en = fields.String()


class StaffingListSchema(Schema):
    staffing = fields.List(fields.Nested(StaffingSchema))


class CandidatesSchema(StaffingListSchema):
    items = fields.List(fields.Nested(CandidateSchema))
