"""The applicant's acts on a case that is under way: correct what was returned and send it again, or
take the case back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.errors import NothingToResubmit, WrongState
from shared.approvals.findings import store_findings
from shared.approvals.loading import latest_step, procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import withdraw_case as close_as_withdrawn
from shared.approvals.resuming import asked_by_step, resumes_at
from shared.approvals.step_model import StepStatus
from shared.approvals.submission import (
    amend_form,
    attach_named_files,
    judged_for_submission,
    own_case,
)
from shared.kernel.actor import Actor
from shared.messaging import outbox
from shared.notices.collecting import leave
from shared.procedures import Procedure


def resubmit_case(
    session: Session, office: CaseOffice, case_id: str, form: Mapping[str, Any], by: Actor
) -> Case:
    """Send a corrected case back. It resumes at the step that returned it, or at the earliest one
    before it that has to answer anew (see `resumes_at`)."""
    case = own_case(session, office, case_id, by)
    if case.status != CaseStatus.RETURNED or case.resume_at is None:
        raise NothingToResubmit(case=case.id)
    procedure = procedure_of(session, office, case)
    asked = asked_by_step(office, case, procedure)
    changed = amend_form(session, office, case, procedure, form, by)
    attach_named_files(session, case, procedure, by)
    now_asked = asked_by_step(office, case, procedure)
    moved = {key for key, offices in now_asked.items() if offices != asked[key]}
    findings = judged_for_submission(session, office, case, procedure)
    resume_at = resumes_at(session, office, case, procedure, changed, moved)
    case.resubmit(office.clock.now(), resume_at)
    case.facts_fetched_at_utc = None
    store_findings(session, office, case, findings)
    audit.record(
        session,
        at=office.clock.now(),
        actor=by,
        action="case_resubmitted",
        case_id=case.id,
        facts={"changed": sorted(changed)},
    )
    outbox.signal_workflow(session, case_id=case.id)
    return case


def resume_earlier(
    session: Session, office: CaseOffice, procedure: Procedure, case: Case, changed: set[str]
) -> None:
    """What a service keeps of a returned case beside its form (a roster) was replaced: as with a
    field of the form, the earliest step that had decided about it decides again."""
    if case.status == CaseStatus.RETURNED and case.resume_at is not None:
        case.resume_at = resumes_at(session, office, case, procedure, changed)


def withdraw_case(
    session: Session, office: CaseOffice, case_id: str, reason: str, by: Actor
) -> Case:
    """The applicant takes the case back; what is open in it ends. Money on its way is no longer
    the case's, so a service may refuse from a step on (`step.settings.withdrawable: false`)."""
    case = own_case(session, office, case_id, by)
    procedure = procedure_of(session, office, case)
    was_draft = case.status == CaseStatus.DRAFT
    opened = latest_step(session, case)
    if opened is not None and opened.status == StepStatus.OPEN:
        if not procedure.step(opened.key).settings.get("withdrawable", True):
            raise WrongState(thing=case.id, status=procedure.title_of(opened.key))
        opened.cancel(office.clock.now())
        if opened.notice_id is not None:
            leave(session, opened.notice_id, case.id)
    close_as_withdrawn(session, office, case, procedure, reason, by)
    if not was_draft:
        outbox.signal_workflow(session, case_id=case.id)
    return case
