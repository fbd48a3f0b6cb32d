"""Certificates on the wire: what anyone may see, and what the holder sees."""

from marshmallow import Schema, fields, validate


class PublicCertificateSchema(Schema):
    number = fields.String()
    holder = fields.String(
        metadata={"description": "首字外隐去 / masked but for the first character"}
    )
    occupation = fields.String()
    occupation_name = fields.String()
    level = fields.String()
    organisation_name = fields.String()
    issued_on = fields.Date()
    state = fields.String(validate=validate.OneOf(["valid", "revoked"]))
    reissued_on = fields.Date(allow_none=True)


class CertificateSchema(PublicCertificateSchema):
    organisation = fields.String()
    employer_name = fields.String(allow_none=True)
    sitting_id = fields.String()


class CertificatesSchema(Schema):
    items = fields.List(fields.Nested(CertificateSchema))
    next = fields.String(allow_none=True)


class RevocationSchema(Schema):
    reason = fields.String(required=True, validate=validate.Length(min=2, max=500))


class ReissueSchema(RevocationSchema):
    holder_name = fields.String(required=True, validate=validate.Length(min=2, max=60))
