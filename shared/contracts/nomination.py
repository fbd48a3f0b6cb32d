"""What nomination publishes: honours and the results of skill competitions."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.registry import EventData, case_no, event_type, person, region, text, uuid


@event_type(
    "nomination.honour_conferred.v1", wording="An honour was conferred on a person. 荣誉称号已授予"
)
class HonourConferred(EventData):
    honour_no = text(example="JNDS-420303-2024-001")
    programme = text()
    programme_version = text()
    person_ref = person()
    holder_name = text()
    level_of_honour = text()
    conferred_on = fields.Date(required=True)
    region = region()
    employer = text(null=True)
    case_id = case_no("NOM")


@event_type("nomination.honour_revoked.v1", wording="An honour was taken back. 荣誉称号已撤销")
class HonourRevoked(EventData):
    honour_no = text(example="JNDS-420303-2024-001")
    programme = text()
    person_ref = person()
    revoked_on = fields.Date(required=True)
    case_id = case_no("NOM")


@event_type(
    "nomination.competition_result_recorded.v1",
    wording="The result of a person in a skill competition was recorded. 技能竞赛成绩已登记",
)
class CompetitionResultRecorded(EventData):
    competition_id = uuid()
    title = text()
    tier = text()
    occupation = text()
    person_ref = person()
    holder_name = text()
    rank = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    held_on = fields.Date(required=True)


@event_type(
    "nomination.competition_result_corrected.v1",
    wording="The result of a person in a skill competition was corrected, or counts no longer. "
    "技能竞赛成绩已更正或不再有效",
)
class CompetitionResultCorrected(EventData):
    """`rank` null: the competition was cancelled."""

    competition_id = uuid()
    person_ref = person()
    rank = fields.Integer(
        required=True, strict=True, allow_none=True, validate=validate.Range(min=1)
    )
