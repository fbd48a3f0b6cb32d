"""The shape of what only a nomination shows of its case."""

from marshmallow import Schema, fields


class ScoreOut(Schema):
    step_key = fields.String()
    seat = fields.String()
    expert = fields.String()
    score = fields.String()
    comment = fields.String()


class ScoresOut(Schema):
    """Empty while an expert of the panel has not scored yet."""

    items = fields.List(fields.Nested(ScoreOut))
    mean = fields.String(allow_none=True)
