"""Which version of a procedure a case begins under."""

from shared.approvals.office import CaseOffice
from shared.procedures import Procedure


def procedure_here(office: CaseOffice, procedure_id: str, region: str) -> Procedure:
    """The version in force in `region`; without one, the widest that is in force anywhere, so that
    a form can be shown before the person has said where they are."""
    today = office.clock.today()
    if not region:
        anywhere = [
            p
            for p in office.catalogue.all()
            if p.id == procedure_id and p.in_force(today, p.region)
        ]
        region = min((p.region for p in anywhere), key=lambda code: code.rstrip("0"), default="")
    return office.catalogue.in_force(procedure_id, on=today, region=region)
