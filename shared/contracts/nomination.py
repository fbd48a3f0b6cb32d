"""What nomination publishes: honours."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.registry import EventData, event_type, person, region, text


@event_type(
    "nomination.honour_conferred.v1", wording="An honour was conferred on a person. 荣誉称号已授予"
)
class HonourConferred(EventData):
    honour_no = text()
    programme = text()
    programme_version = text()
    person_ref = person()
    holder_name = text()
    level_of_honour = text()
    conferred_on = fields.Date(required=True)
    region = region()
    employer = text(null=True)
    case_id = text()
