"""Scores and staff on the wire, and the columns of the score sheet."""

from typing import Final

from marshmallow import Schema, fields, validate

from services.assessment.scoring.rules import DUTIES
from services.assessment.spreadsheets.reading import Column

SCORE_SHEET: Final = (
    Column("number", "序号", "Number"),
    Column("name", "姓名", "Name"),
    Column("theory", "理论成绩", "Theory"),
    Column("practical", "实操成绩", "Practical"),
)


class ScoreSchema(Schema):
    number = fields.Integer(required=True, metadata={"description": "the candidate's, from 1"})
    theory = fields.Raw(
        required=True,
        allow_none=True,
        metadata={"description": "0 to 100, one decimal; 缺考; null where it was passed before"},
    )
    practical = fields.Raw(required=True, allow_none=True)
    name = fields.String(load_default=None)


class ScoresSchema(Schema):
    scores = fields.List(
        fields.Nested(ScoreSchema), required=True, validate=validate.Length(min=1, max=2000)
    )


class EnteredSchema(Schema):
    entered = fields.Integer()


class StaffSchema(Schema):
    duty = fields.String(required=True, validate=validate.OneOf(list(DUTIES)))
    name = fields.String(required=True, validate=validate.Length(min=1, max=60))
    card_number = fields.String(load_default=None, validate=validate.Length(max=60))
    identity_number = fields.String(load_default=None, load_only=True)


class StaffListSchema(Schema):
    staff = fields.List(
        fields.Nested(StaffSchema), required=True, validate=validate.Length(max=300)
    )
