"""What every service says about its cases."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.registry import SERVICES, EventData, event_type, region, text


class _CaseData(EventData):
    case_id = text(says="CLM, ASM or NOM, the year, a number", example="CLM-2024-000001")
    procedure = text()
    procedure_version = text()
    person_ref = fields.String(
        required=True, allow_none=True, validate=validate.Regexp(r"^[0-9a-f]{64}$")
    )  # null where an organisation applies
    region = region()


@event_type(
    *(f"{service}.case_submitted.v1" for service in SERVICES),
    wording="A case was submitted and its procedure began. 案件已提交",
)
class CaseSubmitted(_CaseData):
    pass


@event_type(
    *(f"{service}.case_closed.v1" for service in SERVICES),
    wording="A case ended: approved, refused or withdrawn. 案件已办结",
)
class CaseClosed(_CaseData):
    outcome = text(required=False, null=True)
