"""The applicant's acts: draft, submit, correct and submit again, withdraw. A service proposes a
case (免申即享) through the same draft, which the person then submits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from shared import audit
from shared.approvals.applicants import Party, ensure_may_apply, party_of, regions_of
from shared.approvals.catalogue import procedure_applied_for
from shared.approvals.errors import (
    CaseNotFound,
    CaseNotOpen,
    NothingToResubmit,
    NotTheApplicant,
    WrongState,
)
from shared.approvals.findings import (
    ensure_submittable,
    evaluate_case,
    judge_case,
    store_findings,
)
from shared.approvals.loading import latest_step, locked_case, procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import case_data
from shared.approvals.outcomes import withdraw_case as close_as_withdrawn
from shared.approvals.registration import new_case, write_case
from shared.approvals.step_model import StepStatus
from shared.contracts.events import make_event
from shared.evidence.handlers import attach_files
from shared.kernel.actor import SYSTEM, Actor
from shared.messaging import outbox
from shared.procedures import Finding, Procedure, validate_form


@dataclass(frozen=True)
class OpenCase:
    """`form` has the fields of the procedure's form, personal ones among them."""

    procedure: str
    form: Mapping[str, Any] = field(default_factory=dict)


def save_draft(session: Session, office: CaseOffice, command: OpenCase, by: Actor) -> Case:
    """Open a case that nobody decides yet; missing fields are allowed, wrong ones are not."""
    procedure, party, plain, personal = _read_form(office, command, by, partial=True)
    return _open_draft(session, office, procedure, party, plain, personal, by)


def submit_case(session: Session, office: CaseOffice, command: OpenCase, by: Actor) -> Case:
    """Open a case and submit it at once. Raises Errors with everything that is wrong."""
    procedure, party, plain, personal = _read_form(office, command, by, partial=False)
    case = new_case(session, office, procedure, party, plain, personal)
    case.submit(office.clock.now(), by)
    findings = _judged(session, office, case, procedure)
    write_case(session, office, case, procedure, party, findings)
    _audit(session, office, case, "case_opened", by, {"procedure": procedure.id})
    _attach(session, case, procedure, by)
    office.effects.submitted(session, case, procedure)
    _announce(session, office, case, procedure, by)
    return case


def propose_case(
    session: Session,
    office: CaseOffice,
    procedure: Procedure,
    party: Party,
    form: Mapping[str, Any],
) -> Case:
    """A draft made for a person out of what the service knows; it waits for their consent."""
    plain, personal = validate_form(procedure, dict(form), partial=True)
    return _open_draft(session, office, procedure, party, plain, personal, SYSTEM)


def _open_draft(
    session: Session,
    office: CaseOffice,
    procedure: Procedure,
    party: Party,
    plain: dict[str, Any],
    personal: dict[str, Any],
    by: Actor,
) -> Case:
    case = new_case(session, office, procedure, party, plain, personal)
    findings = judge_case(session, office, case, procedure)
    write_case(session, office, case, procedure, party, findings)
    _audit(session, office, case, "case_opened", by, {"procedure": procedure.id})
    return case


def submit_draft(
    session: Session, office: CaseOffice, case_id: str, form: Mapping[str, Any], by: Actor
) -> Case:
    """Complete a draft with `form` and submit it."""
    case = _own_case(session, case_id, by)
    if case.status != CaseStatus.DRAFT:
        raise CaseNotOpen(case=case.id, status=case.status)
    procedure = procedure_of(session, office, case)
    _amend(office, case, procedure, form, by)
    _submit(session, office, case, procedure, by)
    return case


def amend_draft(
    session: Session, office: CaseOffice, case_id: str, form: Mapping[str, Any], by: Actor
) -> Case:
    case = _own_case(session, case_id, by)
    if case.status != CaseStatus.DRAFT:
        raise CaseNotOpen(case=case.id, status=case.status)
    procedure = procedure_of(session, office, case)
    _amend(office, case, procedure, form, by, partial=True)
    evaluate_case(session, office, case, procedure)
    return case


def resubmit_case(
    session: Session, office: CaseOffice, case_id: str, form: Mapping[str, Any], by: Actor
) -> Case:
    """Send a corrected case back. It resumes at the step that returned it, or at the earliest step
    that had decided about (`about`) a field that has now changed."""
    case = _own_case(session, case_id, by)
    if case.status != CaseStatus.RETURNED or case.resume_at is None:
        raise NothingToResubmit(case=case.id)
    procedure = procedure_of(session, office, case)
    changed = _amend(office, case, procedure, form, by)
    _attach(session, case, procedure, by)
    case.resubmit(office.clock.now(), _resume_at(procedure, case.resume_at, changed))
    case.facts_fetched_at_utc = None
    store_findings(session, office, case, _judged(session, office, case, procedure))
    _audit(session, office, case, "case_resubmitted", by, {"changed": sorted(changed)})
    outbox.signal_workflow(session, case_id=case.id)
    return case


def resume_earlier(procedure: Procedure, case: Case, changed: set[str]) -> None:
    """What a service keeps of a returned case beside its form (a roster) was replaced: as with a
    field of the form, the earliest step that had decided about it decides again."""
    if case.status == CaseStatus.RETURNED and case.resume_at is not None:
        case.resume_at = _resume_at(procedure, case.resume_at, changed)


def withdraw_case(
    session: Session, office: CaseOffice, case_id: str, reason: str, by: Actor
) -> Case:
    """The applicant takes the case back; what is open in it ends. Money on its way is no longer
    the case's, so a service may refuse from a step on (`step.settings.withdrawable: false`)."""
    case = _own_case(session, case_id, by)
    procedure = procedure_of(session, office, case)
    was_draft = case.status == CaseStatus.DRAFT
    opened = latest_step(session, case)
    if opened is not None and opened.status == StepStatus.OPEN:
        if not procedure.step(opened.key).settings.get("withdrawable", True):
            raise WrongState(thing=case.id, status=procedure.title_of(opened.key))
        opened.cancel(office.clock.now())
    close_as_withdrawn(session, office, case, procedure, reason, by)
    if not was_draft:
        outbox.signal_workflow(session, case_id=case.id)
    return case


def _read_form(
    office: CaseOffice, command: OpenCase, by: Actor, *, partial: bool
) -> tuple[Procedure, Party, dict[str, Any], dict[str, Any]]:
    procedure = procedure_applied_for(office, command.procedure, command.form, partial=partial)
    ensure_may_apply(procedure, by)
    plain, personal = validate_form(procedure, dict(command.form), partial=partial)
    party = party_of(office, procedure, plain, personal, by)
    return procedure, party, plain, personal


def _submit(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, by: Actor
) -> None:
    """A draft, or a case that has come back, goes on its way."""
    case.submit(office.clock.now(), by)
    session.flush()
    _attach(session, case, procedure, by)
    office.effects.submitted(session, case, procedure)
    store_findings(session, office, case, _judged(session, office, case, procedure))
    _announce(session, office, case, procedure, by)


def _judged(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure
) -> list[Finding]:
    """The findings of a case that is being submitted. Raises Errors where one forbids it."""
    findings = judge_case(session, office, case, procedure)
    ensure_submittable(findings)
    if not office.effects.asks_registries(procedure):
        case.facts_fetched_at_utc = office.clock.now()
    return findings


def _announce(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, by: Actor
) -> None:
    _audit(session, office, case, "case_submitted", by, {"version": procedure.version})
    event = make_event(
        f"{office.service}.case_submitted.v1",
        subject=case.id,
        data=case_data(case),
        at=office.clock.now(),
    )
    outbox.start_workflow(session, case_id=case.id, event=event)


def _attach(session: Session, case: Case, procedure: Procedure, by: Actor) -> None:
    for each in procedure.form:
        if each.type == "attachment":
            attach_files(session, case.id, case.form.get(each.name) or (), by)


def _amend(
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    form: Mapping[str, Any],
    by: Actor,
    *,
    partial: bool = False,
) -> set[str]:
    """Put the given fields in place of the earlier ones; the names of those that changed."""
    before = {**case.form, **(case.personal or {})}
    plain, personal = validate_form(procedure, {**before, **form}, partial=partial)
    after = {**plain, **personal}
    party = party_of(office, procedure, plain, personal, by)
    if party.subject_ref != case.subject_ref:
        raise NotTheApplicant(field="identity_number")
    case.form, case.personal = plain, personal
    case.employer = party.employer
    case.regions = regions_of(office, procedure, plain, party.employer)
    case.region = case.regions["case"]
    return {name for name in before | after if before.get(name) != after.get(name)}


def _resume_at(procedure: Procedure, returned_by: str, changed: set[str]) -> str:
    for step in procedure.steps:
        if step.key == returned_by or changed & set(step.settings.get("about", ())):
            return step.key
    return returned_by


def _own_case(session: Session, case_id: str, by: Actor) -> Case:
    case = locked_case(session, case_id)
    if by.person_ref not in (case.applicant_ref, case.submitted_by):
        raise CaseNotFound(case=case_id)
    return case


def _audit(
    session: Session,
    office: CaseOffice,
    case: Case,
    action: str,
    by: Actor,
    facts: dict[str, Any],
) -> None:
    audit.record(
        session, at=office.clock.now(), actor=by, action=action, case_id=case.id, facts=facts
    )
