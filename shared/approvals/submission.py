"""What every submission of a case does, whichever way it came: the form is amended and judged, its
files are attached, the bus and the workflow are told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from shared.approvals.applicants import (
    Party,
    acts_for_applicant,
    ensure_may_apply,
    ensure_named,
    party_of,
    regions_of,
)
from shared.approvals.catalogue import procedure_applied_for
from shared.approvals.errors import (
    CaseNotFound,
    DecidedAnotherStep,
    RegionOutsideProcedure,
    SubjectHasDecided,
)
from shared.approvals.findings import ensure_submittable, judge_case
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import case_data
from shared.approvals.registration import COLLEAGUE, concern, keep_text, write_people_anew
from shared.approvals.separation import deciders_of
from shared.audit import Deed
from shared.contracts.events import make_event
from shared.evidence.handlers import attach_files
from shared.kernel.actor import Actor
from shared.kernel.errors import Errors
from shared.kernel.region import covers
from shared.messaging import outbox
from shared.procedures import Finding, Procedure, validate_form


def own_case(session: Session, office: CaseOffice, case_id: str, by: Actor) -> Case:
    """The case of who applied; where an organisation did, of any colleague in the same office too,
    since people leave. Whoever acts for it decides nothing in it. Raises CaseNotFound,
    DecidedAnotherStep."""
    case = locked_case(session, case_id)
    if by.person_ref in (case.applicant_ref, case.submitted_by):
        return case
    if not acts_for_applicant(procedure_of(session, office, case), case, by):
        raise CaseNotFound(case=case_id)
    if by.person_ref in deciders_of(session, case.id):
        raise DecidedAnotherStep(case=case.id)
    concern(session, case.id, by.person_ref, COLLEAGUE)
    return case


def procedure_in_force(
    session: Session,
    office: CaseOffice,
    case: Case,
    form: Mapping[str, Any],
    *,
    partial: bool = False,
) -> Procedure:
    """No version waits for a draft: it follows the one that is in force on the day where its form
    says that it belongs, whichever it was begun under. Raises Errors."""
    whole = {**case.form, **(case.personal or {}), **form}
    procedure = procedure_applied_for(office, case.procedure, whole, partial=partial)
    if procedure.digest != case.procedure_digest:
        keep_text(session, procedure)
        case.procedure_version = procedure.version
        case.procedure_digest = procedure.digest
    return procedure


def amend_form(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    form: Mapping[str, Any],
    by: Actor,
    *,
    partial: bool = False,
) -> set[str]:
    """Put the given fields in place of the earlier ones, and whatever follows from them with them;
    the names of those that changed. Raises Errors, MayNotApply, SubjectHasDecided."""
    ensure_may_apply(procedure, by)
    before = {**case.form, **(case.personal or {})}
    plain, personal = validate_form(procedure, {**before, **form}, partial=partial)
    after = {**plain, **personal}
    party = party_of(office, procedure, plain, personal, by)
    numbered = bool(personal.get("identity_number")) or by.person_ref == case.subject_ref
    _follow_party(session, case, party, numbered=numbered, partial=partial)
    case.form, case.personal = plain, personal
    case.regions = regions_of(office, procedure, plain, case.employer)
    case.region = case.regions["case"]
    if not covers(procedure.region, case.region):
        here = procedure.region
        raise Errors([RegionOutsideProcedure(field="region", region=case.region, here=here)])
    office.effects.amended(session, case, procedure)
    return {name for name in before | after if before.get(name) != after.get(name)}


def _follow_party(
    session: Session, case: Case, party: Party, *, numbered: bool, partial: bool
) -> None:
    """A draft may name its subject late, and a wrong number may come to light after a return: the
    case is then about another person from its first step on. Raises SubjectHasDecided."""
    if not numbered:  # it is about who applied, whoever of the office completes it
        party = replace(party, subject_ref=case.subject_ref, subject_name=case.subject_name)
    if not partial:
        ensure_named(party)
    if party.subject_ref != case.subject_ref:
        if party.subject_ref in deciders_of(session, case.id):
            raise SubjectHasDecided(field="identity_number", case=case.id)
        case.subject_ref = party.subject_ref
        case.external_facts, case.facts_fetched_at_utc = {}, None
        write_people_anew(session, case)
    case.subject_name = party.subject_name
    # Who has left one employer and has no other still applies through the one that was named.
    case.employer = party.employer or case.employer
    case.organisation = party.organisation or case.organisation


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
