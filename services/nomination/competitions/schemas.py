"""The shape of competitions and results on the wire. An identity number comes in and is turned
into a reference at once; it never goes out."""

from marshmallow import RAISE, Schema, fields, validate

from services.nomination.competitions.rules import TIERS

MOST_RESULTS = 200
NOT_BLANK = validate.Regexp(r"[\s\S]*\S")


class CompetitionIn(Schema):
    class Meta:
        unknown = RAISE

    title = fields.String(required=True, validate=[validate.Length(max=200), NOT_BLANK])
    tier = fields.String(
        required=True,
        validate=validate.OneOf(list(TIERS), labels=[each.zh for each in TIERS.values()]),
    )
    occupation = fields.String(required=True)
    region = fields.String(required=True)
    held_on = fields.Date(required=True)


class ResultIn(Schema):
    class Meta:
        unknown = RAISE

    identity_number = fields.String(required=True)
    holder_name = fields.String(required=True, validate=[validate.Length(max=100), NOT_BLANK])
    rank = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=100_000))


class ResultForm(ResultIn):
    """A form sends text where JSON has a number."""

    rank = fields.Integer(required=True, validate=validate.Range(min=1, max=100_000))


class ResultsIn(Schema):
    class Meta:
        unknown = RAISE

    results = fields.List(
        fields.Nested(ResultIn),
        required=True,
        validate=validate.Length(min=1, max=MOST_RESULTS),
    )


class RankCorrectionIn(Schema):
    class Meta:
        unknown = RAISE

    rank = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=100_000))
    reason = fields.String(required=True, validate=[validate.Length(max=2_000), NOT_BLANK])


class RankCorrectionForm(RankCorrectionIn):
    """A form sends text where JSON has a number."""

    rank = fields.Integer(required=True, validate=validate.Range(min=1, max=100_000))


class CancellationIn(Schema):
    class Meta:
        unknown = RAISE

    reason = fields.String(required=True, validate=[validate.Length(max=2_000), NOT_BLANK])


class ResultOut(Schema):
    id = fields.String()
    holder_name = fields.String()
    rank = fields.Integer()
    recorded_at_utc = fields.AwareDateTime()


class CompetitionOut(Schema):
    id = fields.String()
    title = fields.String()
    tier = fields.String()
    occupation = fields.String()
    region = fields.String()
    held_on = fields.Date()
    results_count = fields.Integer()
    cancelled_on = fields.Date(allow_none=True)
    cancelled_because = fields.String(allow_none=True)


class CompetitionWithResultsOut(CompetitionOut):
    results = fields.List(fields.Nested(ResultOut))


class CompetitionPageOut(Schema):
    items = fields.List(fields.Nested(CompetitionOut))
    next = fields.String(allow_none=True)
