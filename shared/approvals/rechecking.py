"""Evaluates the rules of cases anew: on demand, after asking the registries again; and when
something that a person held was taken back. What follows past the decision the service says
(`CaseEffects.rejudged`).

`recheck_case` spans two transactions, because no registry is asked under a lock; so it is not a
handler but what the edge calls."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.barring import is_point_of_no_return
from shared.approvals.findings import evaluate_case, judge_anew
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import CLOSED, Case, CaseFinding, CaseStatus
from shared.approvals.office import Because, CaseOffice, FactsUnavailable
from shared.approvals.queries import findings_of, visible_case
from shared.audit import Deed
from shared.kernel.actor import SYSTEM, Actor
from shared.messaging import outbox
from shared.persistence import Sessions
from shared.procedures import Procedure

ENDED_FOR_NOTHING = (CaseStatus.REFUSED, CaseStatus.WITHDRAWN)


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
            raise case.not_open()
        _judge(session, office, case, external, by)
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
    what its registries last said, and so is an approved one where the service asks for it. None is
    approved against what is found then (barring.py)."""
    _recheck(session, office, Case.subject_ref == person_ref, "credential_taken_back")


def recheck_cases(
    session: Session, office: CaseOffice, case_ids: Sequence[str], because: str
) -> None:
    """The same of cases that the service names; `because` is the deed of the audit entry."""
    if case_ids:
        _recheck(session, office, Case.id.in_(case_ids), because)


def _recheck(
    session: Session, office: CaseOffice, which: ColumnElement[bool], because: str
) -> None:
    ended = ENDED_FOR_NOTHING if office.effects.judged_after_approval else CLOSED
    cases = session.scalars(
        select(Case)
        .where(which, Case.status.not_in(ended))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    now = office.clock.now()
    open_cases = [case for case in cases if not case.closed]
    for case in open_cases:
        case.touch(now)
    for case in cases:
        _judge(session, office, case, None, SYSTEM)
    deeds = [Deed(now, SYSTEM, because, case.id, {}) for case in open_cases]
    audit.record_many(session, deeds)
    running = [case.id for case in open_cases if case.status == CaseStatus.IN_PROGRESS]
    outbox.signal_workflow_many(session, [(id, outbox.CASE_CHANGED) for id in running])


def _judge(
    session: Session,
    office: CaseOffice,
    case: Case,
    external: Mapping[str, Any] | None,
    by: Actor,
) -> None:
    """Before the point of no return the findings themselves bar the next decision; past it the
    amount stays as it was decided, and the service says what follows."""
    procedure = procedure_of(session, office, case)
    decided = case.closed or _past_return(case, procedure)
    judge = judge_anew if decided else evaluate_case
    findings = judge(session, office, case, procedure, external)
    because: Because = "event" if external is None else "registry"
    office.effects.rejudged(session, case, findings, because, by)


def _past_return(case: Case, procedure: Procedure) -> bool:
    step = next((each for each in procedure.steps if each.key == case.current_step), None)
    return step is not None and is_point_of_no_return(step)
