"""What every submission of a case does, whichever way it came: the form is amended and judged, its
files are attached, the bus and the workflow are told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shared.approvals.applicants import party_of, regions_of
from shared.approvals.errors import CaseNotFound, NotTheApplicant
from shared.approvals.findings import ensure_submittable, judge_case
from shared.approvals.loading import locked_case
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import case_data
from shared.audit import Deed
from shared.contracts.events import make_event
from shared.evidence.handlers import attach_files
from shared.kernel.actor import Actor
from shared.messaging import outbox
from shared.procedures import Finding, Procedure, validate_form


def own_case(session: Session, case_id: str, by: Actor) -> Case:
    case = locked_case(session, case_id)
    if by.person_ref not in (case.applicant_ref, case.submitted_by):
        raise CaseNotFound(case=case_id)
    return case


def amend_form(
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


def judged_for_submission(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure
) -> list[Finding]:
    """The findings of a case that is being submitted. Raises Errors where one forbids it."""
    findings = judge_case(session, office, case, procedure)
    ensure_submittable(findings)
    if not office.effects.asks_registries(procedure):
        case.facts_fetched_at_utc = office.clock.now()
    return findings


def attach_named_files(session: Session, case: Case, procedure: Procedure, by: Actor) -> None:
    for each in procedure.form:
        if each.type == "attachment" and (named := case.form.get(each.name)):
            attach_files(session, case.id, named, by, field=each.name)


def announce_submission(session: Session, office: CaseOffice, case: Case) -> None:
    event = make_event(
        f"{office.service}.case_submitted.v1",
        subject=case.id,
        data=case_data(case),
        at=office.clock.now(),
    )
    outbox.start_workflow(session, case_id=case.id, event=event)


def opening(office: CaseOffice, case: Case, procedure: Procedure, by: Actor) -> Deed:
    now = office.clock.now()
    return Deed(now, by, "case_opened", case.id, {"procedure": procedure.id})


def submission(office: CaseOffice, case: Case, procedure: Procedure, by: Actor) -> Deed:
    now = office.clock.now()
    return Deed(now, by, "case_submitted", case.id, {"version": procedure.version})
