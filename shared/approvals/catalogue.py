"""Which version of a procedure a case begins under."""

from collections.abc import Mapping
from typing import Any

from shared.approvals.office import CaseOffice
from shared.kernel.errors import DomainError, Errors
from shared.kernel.text import without_spaces
from shared.procedures import NoProcedureInForce, Procedure, UnknownProcedure, validate_form


def procedure_here(office: CaseOffice, procedure_id: str, region: str) -> Procedure:
    """The version in force in `region`; without one, the widest that is in force anywhere, so that
    a form can be shown before the person has said where they are."""
    return office.catalogue.in_force(
        procedure_id,
        on=office.clock.today(),
        region=region or _widest(office, procedure_id),
    )


def procedure_shown(office: CaseOffice, procedure_id: str, region: str) -> Procedure:
    """The version whose form is shown: where there is none in `region`, the widest, so that the
    person can mend the region and loses nothing else. Raises UnknownProcedure."""
    try:
        return procedure_here(office, procedure_id, region)
    except UnknownProcedure:
        raise
    except NoProcedureInForce:
        return procedure_here(office, procedure_id, "")


def procedure_applied_for(
    office: CaseOffice, procedure_id: str, form: Mapping[str, Any], *, partial: bool
) -> Procedure:
    """The version in force where the form says that the case belongs. Raises Errors: that there is
    none, together with whatever else is wrong in the form."""
    region = _region_given(office, procedure_id, form)
    try:
        return office.catalogue.in_force(procedure_id, on=office.clock.today(), region=region)
    except UnknownProcedure as unknown:
        unknown.field = "procedure"
        raise Errors([unknown]) from None
    except NoProcedureInForce as missing:
        wrong = _wrong_elsewhere(office, procedure_id, form, partial=partial)
        # No region, or none that is one, is said already.
        if any(error.field == missing.field for error in wrong):
            raise Errors(wrong) from None
        raise Errors([missing, *wrong]) from None


def _region_given(office: CaseOffice, procedure_id: str, form: Mapping[str, Any]) -> str:
    """The field `region`, else the first region that the form names, as it will be the case's."""
    versions = [p for p in office.catalogue.all() if p.id == procedure_id]
    names = [field.name for p in versions for field in p.form if field.type == "region"]
    given = (form.get(name) for name in ("region", *names))
    return next((without_spaces(each) for each in given if isinstance(each, str) and each), "")


def _wrong_elsewhere(
    office: CaseOffice, procedure_id: str, form: Mapping[str, Any], *, partial: bool
) -> list[DomainError]:
    """What is wrong in the form as the widest version reads it; [] where nothing is in force."""
    try:
        procedure = procedure_here(office, procedure_id, "")
        validate_form(procedure, dict(form), partial=partial)
    except Errors as wrong:
        return wrong.errors
    except NoProcedureInForce:
        pass
    return []


def _widest(office: CaseOffice, procedure_id: str) -> str:
    today = office.clock.today()
    anywhere = [
        p.region
        for p in office.catalogue.all()
        if p.id == procedure_id and p.in_force(today, p.region)
    ]
    return min(anywhere, key=lambda code: code.rstrip("0"), default="")
