"""What assessment publishes: certificates, and those that are taken back."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.registry import EventData, case_no, event_type, person, region, text


@event_type(
    "assessment.certificate_issued.v1",
    wording="A skill level certificate was issued. 职业技能等级证书已核发",
)
class CertificateIssued(EventData):
    certificate_no = text(example="S000042000017244000062")
    person_ref = person()
    holder_name = text()
    occupation = text()
    occupation_name = text()
    level = fields.Integer(required=True, strict=True, validate=validate.Range(1, 8))
    issued_on = fields.Date(required=True)
    organisation = text()
    organisation_name = text()
    employer = text(null=True)
    employer_name = text(null=True)
    region = region()
    sitting_id = case_no("ASM")


@event_type(
    "assessment.certificate_reissued.v1",
    wording="A certificate was issued anew under its number, with the holder's name mended. "
    "职业技能等级证书已更正换发",
)
class CertificateReissued(EventData):
    certificate_no = text(example="S000042000017244000062")
    person_ref = person()
    holder_name = text()
    reissued_on = fields.Date(required=True)
    sitting_id = case_no("ASM")


@event_type(
    "assessment.certificate_revoked.v1",
    wording="A skill level certificate was taken back. 职业技能等级证书已撤销",
)
class CertificateRevoked(EventData):
    """Why is told on the certificate's public page, not here: it is an officer's free text."""

    certificate_no = text(example="S000042000017244000062")
    person_ref = person()
    revoked_on = fields.Date(required=True)
    sitting_id = case_no("ASM")
