"""The shape of organisations on the wire."""

from marshmallow import Schema, fields, validate

OCCUPATION = validate.Regexp(r"^[1-8]-\d{2}-\d{2}-\d{2}$")


class ScopeSchema(Schema):
    occupation = fields.String(
        required=True, validate=OCCUPATION, metadata={"description": "职业代码 / occupation code"}
    )
    levels = fields.List(
        fields.String(validate=validate.OneOf(["1", "2", "3", "4", "5"])),
        required=True,
        validate=validate.Length(min=1),
        metadata={"description": "五级为 5，一级为 1 / five is 5, one is 1"},
    )


class FilingSchema(Schema):
    """A filing or its renewal; parts of the certificate number included (domain A3)."""

    code = fields.String(
        required=True,
        validate=validate.Length(equal=18),
        metadata={"description": "统一社会信用代码 / unified social credit code"},
    )
    name = fields.String(required=True, validate=validate.Length(min=2, max=100))
    region = fields.String(required=True, validate=validate.Regexp(r"^\d{6}$"))
    category = fields.String(required=True, validate=validate.OneOf(["Y", "S"]))
    organisation_code = fields.String(required=True, validate=validate.Regexp(r"^\d{4}$"))
    province = fields.String(required=True, validate=validate.Regexp(r"^\d{2}$"))
    site_serial = fields.String(required=True, validate=validate.Regexp(r"^\d{6}$"))
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    document = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata={"description": "备案文号 / the document that files it"},
    )
    scope = fields.List(
        fields.Nested(ScopeSchema), required=True, validate=validate.Length(min=1, max=500)
    )


class OrganisationSchema(FilingSchema):
    """As it stands: the filing in force, the newest where none is."""

    version = fields.Integer(metadata={"description": "备案版本 / version of the filing"})


class OrganisationsSchema(Schema):
    items = fields.List(fields.Nested(OrganisationSchema))
    next = fields.String(allow_none=True)
