"""Asks the registries again about a case and evaluates its rules anew. Spans two transactions,
because no registry is asked under a lock; so it is not a handler but what the edge calls."""

from shared import audit
from shared.approvals.barring import is_point_of_no_return
from shared.approvals.errors import CaseNotOpen, WrongState
from shared.approvals.findings import evaluate_case
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import Case, CaseFinding, CaseStatus
from shared.approvals.office import CaseOffice, FactsUnavailable
from shared.approvals.queries import findings_of, visible_case
from shared.kernel.actor import Actor
from shared.messaging import outbox
from shared.persistence import Sessions
from shared.procedures import Procedure


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
        procedure = procedure_of(session, office, case)
        _ensure_still_open_to_change(case, procedure)
        evaluate_case(session, office, case, procedure, external)
        audit.record(
            session,
            at=office.clock.now(),
            actor=by,
            action="findings_rechecked",
            case_id=case_id,
            facts={"registry_answered": external is not None},
        )
        if case.status == CaseStatus.IN_PROGRESS:  # it may have waited for just this
            case.touch(office.clock.now())
            outbox.signal_workflow(session, case_id=case.id)
        session.flush()
        return findings_of(session, case_id)


def _ensure_still_open_to_change(case: Case, procedure: Procedure) -> None:
    """What money was sent on its way by stays as it was found."""
    if case.current_step is None:
        return
    step = next((each for each in procedure.steps if each.key == case.current_step), None)
    if step is not None and is_point_of_no_return(step):
        raise WrongState(thing=case.id, status=step.title)
