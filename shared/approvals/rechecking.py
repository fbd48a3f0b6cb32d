"""Asks the registries again about a case and evaluates its rules anew. Spans two transactions,
because no registry is asked under a lock; so it is not a handler but what the edge calls."""

from shared import audit
from shared.approvals.errors import CaseNotOpen
from shared.approvals.findings import evaluate_case
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import CaseFinding
from shared.approvals.office import CaseOffice, FactsUnavailable
from shared.approvals.queries import findings_of, visible_case
from shared.kernel.actor import Actor
from shared.persistence import Sessions


def recheck_case(
    sessions: Sessions, office: CaseOffice, case_id: str, by: Actor
) -> list[CaseFinding]:
    """The findings as they are now; those that need a silent registry stay unknown."""
    with sessions.begin() as session:
        case = visible_case(session, case_id, by)
        wanted = office.effects.asks_registries(procedure_of(session, office, case))
        subject = case.subject_ref
    external = None
    if wanted:
        try:
            external = office.effects.external_facts(case_id, subject)
        except FactsUnavailable:
            external = None
    with sessions.begin() as session:
        case = locked_case(session, case_id)
        if case.closed:
            raise CaseNotOpen(case=case.id, status=case.status)
        evaluate_case(session, office, case, procedure_of(session, office, case), external)
        audit.record(
            session,
            at=office.clock.now(),
            actor=by,
            action="findings_rechecked",
            case_id=case_id,
            facts={"registry_answered": external is not None},
        )
        session.flush()
        return findings_of(session, case_id)
