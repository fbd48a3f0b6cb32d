"""What every submission of a case does, whichever way it came: the form is amended and judged, its
files are attached, the bus and the workflow are told."""

from collections.abc import Collection, Mapping
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
from shared.audit import Deed, record_many
from shared.contracts.events import make_event
from shared.evidence.handlers import attach_files
from shared.kernel.actor import SYSTEM, Actor
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
        _follow_version(session, office, case, procedure)
    return procedure


def _follow_version(session: Session, office: CaseOffice, case: Case, procedure: Procedure) -> None:
    """A field that the version no longer asks is left behind, and the timeline says so."""
    asked = {field.name for field in procedure.form}
    gone = {*case.form, *(case.personal or {})} - asked
    left = [each.label for each in procedure_of(session, office, case).form if each.name in gone]
    case.form = _without(gone, case.form)
    case.personal = _without(gone, case.personal or {})
    keep_text(session, procedure)
    case.procedure_version = procedure.version
    case.procedure_digest = procedure.digest
    facts = {
        "version": procedure.version,
        "left": [{"zh": label.zh, "en": label.en} for label in left],
    }
    now = office.clock.now()
    record_many(session, [Deed(now, SYSTEM, "draft_follows_version", case.id, facts)])


def _without(names: Collection[str], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


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
    if not personal.get("identity_number"):
        party = _about_the_applicant(case, party, plain.get("name"))
    party = replace(
        party,
        employer=plain.get("employer") or _employer_unnamed(case, party),
        organisation=case.organisation or party.organisation,
    )
    _follow_party(session, case, party, partial=partial)
    case.form, case.personal = plain, personal
    case.regions = regions_of(office, procedure, plain, case.employer)
    case.region = case.regions["case"]
    if not covers(procedure.region, case.region):
        here = procedure.region
        raise Errors([RegionOutsideProcedure(field="region", region=case.region, here=here)])
    office.effects.amended(session, case, procedure)
    return {name for name in before | after if before.get(name) != after.get(name)}


def _about_the_applicant(case: Case, party: Party, name: str | None) -> Party:
    """Without an identity number a case is about who applied, whichever colleague completes it."""
    if party.applicant_ref == case.applicant_ref:
        return party
    return replace(party, subject_ref=case.applicant_ref, subject_name=name or case.applicant_name)


def _employer_unnamed(case: Case, party: Party) -> str | None:
    """Where the form names none: a worker's own, or the former one of who has left and has no
    other; where an organisation applies as before, since a colleague may act for two firms."""
    if case.organisation is None:
        return party.employer or case.employer
    return case.organisation if "employer" in case.form else case.employer


def _follow_party(session: Session, case: Case, party: Party, *, partial: bool) -> None:
    """A draft may name its subject late, and a wrong number may come to light after a return: the
    case is then about another person from its first step on. Raises SubjectHasDecided."""
    if not partial:
        ensure_named(party)
    if party.subject_ref != case.subject_ref:
        if party.subject_ref in deciders_of(session, case.id):
            raise SubjectHasDecided(field="identity_number", case=case.id)
        case.subject_ref = party.subject_ref
        case.external_facts, case.facts_fetched_at_utc = {}, None
        write_people_anew(session, case)
    case.subject_name = party.subject_name
    case.employer, case.organisation = party.employer, party.organisation


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
