"""Evaluates the rules of open cases anew: on demand, after asking the registries again; and when
something that a person held was taken back.

`recheck_case` spans two transactions, because no registry is asked under a lock; so it is not a
handler but what the edge calls."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.barring import is_point_of_no_return
from shared.approvals.errors import CaseNotOpen, WrongState
from shared.approvals.findings import evaluate_case
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import CLOSED, Case, CaseFinding, CaseStatus
from shared.approvals.office import CaseOffice, FactsUnavailable
from shared.approvals.queries import findings_of, visible_case
from shared.audit import Deed
from shared.kernel.actor import SYSTEM, Actor
from shared.messaging import outbox
from shared.persistence import Sessions
from shared.procedures import Procedure, Step


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


def recheck_cases_of(session: Session, office: CaseOffice, person_ref: str) -> None:
    """What a person held was taken back: every open case that is about them is judged anew, by
    what its registries last said. None is approved against what is found then (barring.py)."""
    open_cases = session.scalars(
        select(Case)
        .where(Case.subject_ref == person_ref, Case.status.not_in(CLOSED))
        .order_by(Case.id)
        .with_for_update()
    ).all()
    now, judged = office.clock.now(), []
    for case in open_cases:
        procedure = procedure_of(session, office, case)
        if not _past_return(case, procedure):
            evaluate_case(session, office, case, procedure)
            case.touch(now)
            judged.append(case)
    deeds = [Deed(now, SYSTEM, "credential_taken_back", case.id, {}) for case in judged]
    audit.record_many(session, deeds)
    running = [case.id for case in judged if case.status == CaseStatus.IN_PROGRESS]
    outbox.signal_workflow_many(session, [(id, outbox.CASE_CHANGED) for id in running])


def _ensure_still_open_to_change(case: Case, procedure: Procedure) -> None:
    step = _past_return(case, procedure)
    if step is not None:
        raise WrongState(thing=case.id, status=step.title)


def _past_return(case: Case, procedure: Procedure) -> Step | None:
    """The step at which the case stands, where money is on its way: what was found then stays."""
    step = next((each for each in procedure.steps if each.key == case.current_step), None)
    return step if step is not None and is_point_of_no_return(step) else None
