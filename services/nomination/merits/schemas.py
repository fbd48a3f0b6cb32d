"""The shape of certificates and competition places on the wire."""

from marshmallow import Schema, fields


class CertificateOut(Schema):
    certificate_no = fields.String()
    occupation = fields.String()
    occupation_name = fields.String()
    level = fields.Integer()
    issued_on = fields.Date()
    revoked_on = fields.Date(allow_none=True)
    organisation_name = fields.String()


class PlaceOut(Schema):
    competition_id = fields.String()
    title = fields.String()
    tier = fields.String()
    occupation = fields.String()
    rank = fields.Integer()
    held_on = fields.Date()


class MeritsOut(Schema):
    certificates = fields.List(fields.Nested(CertificateOut))
    competition_results = fields.List(fields.Nested(PlaceOut))
