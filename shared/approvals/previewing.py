"""What the rules would say of a form that is not sent yet. Nothing is kept."""

from sqlalchemy.orm import Session

from shared.approvals.applications import OpenCase, submit_case
from shared.approvals.findings import facts_of
from shared.approvals.loading import procedure_of
from shared.approvals.office import CaseOffice, FactsUnavailable
from shared.kernel.actor import Actor
from shared.procedures import Finding, evaluate


def preview_findings(
    session: Session, office: CaseOffice, command: OpenCase, by: Actor
) -> list[Finding]:
    """Submits in a transaction that the caller throws away, and asks the registries as the case's
    first step would: so a form says before it is sent what would be said after."""
    case = submit_case(session, office, command, by)
    session.flush()
    procedure = procedure_of(session, office, case)
    if office.effects.asks_registries(procedure):
        try:
            external = office.effects.external_facts(case.id, case.subject_ref)
            case.external_facts = {**case.external_facts, **external}
        except FactsUnavailable:
            pass
    facts = facts_of(session, office, case, procedure)
    findings = evaluate(procedure, facts, office.catalogue.rules)
    session.rollback()
    return findings
