"""Opening a case and sending it: as a draft first or at once. A service proposes a case (免申即享)
through the same draft, which the person then submits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from shared.approvals.applicants import Party, ensure_may_apply, ensure_named, party_of
from shared.approvals.catalogue import procedure_applied_for
from shared.approvals.findings import evaluate_case, judge_case, store_findings
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.registration import new_case, write_case
from shared.approvals.submission import (
    amend_form,
    announce_submission,
    attach_named_files,
    judged_for_submission,
    opening,
    own_case,
    procedure_in_force,
    submission,
)
from shared.audit import record_many
from shared.kernel.actor import SYSTEM, Actor
from shared.procedures import Procedure, validate_form


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
    findings = judged_for_submission(session, office, case, procedure)
    deeds = [opening(office, case, procedure, by), submission(office, case, procedure, by)]
    write_case(session, office, case, procedure, findings, deeds)
    attach_named_files(session, case, procedure, by)
    office.effects.submitted(session, case, procedure)
    announce_submission(session, office, case)
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
    deeds = [opening(office, case, procedure, by)]
    write_case(session, office, case, procedure, findings, deeds)
    return case


def submit_draft(
    session: Session, office: CaseOffice, case_id: str, form: Mapping[str, Any], by: Actor
) -> Case:
    """Complete a draft with `form` and submit it, under the version in force on that day. Raises
    Errors: that none is in force any more, or everything that is wrong under the one that is."""
    case = own_case(session, office, case_id, by)
    if case.status != CaseStatus.DRAFT:
        raise case.not_open()
    procedure = procedure_in_force(session, office, case, form)
    amend_form(session, office, case, procedure, form, by)
    case.submit(office.clock.now(), by)
    record_many(session, [submission(office, case, procedure, by)])
    session.flush()
    attach_named_files(session, case, procedure, by)
    office.effects.submitted(session, case, procedure)
    store_findings(session, office, case, judged_for_submission(session, office, case, procedure))
    announce_submission(session, office, case)
    return case


def amend_draft(
    session: Session, office: CaseOffice, case_id: str, form: Mapping[str, Any], by: Actor
) -> Case:
    case = own_case(session, office, case_id, by)
    if case.status != CaseStatus.DRAFT:
        raise case.not_open()
    procedure = procedure_in_force(session, office, case, form, partial=True)
    amend_form(session, office, case, procedure, form, by, partial=True)
    evaluate_case(session, office, case, procedure)
    return case


def _read_form(
    office: CaseOffice, command: OpenCase, by: Actor, *, partial: bool
) -> tuple[Procedure, Party, dict[str, Any], dict[str, Any]]:
    procedure = procedure_applied_for(office, command.procedure, command.form, partial=partial)
    ensure_may_apply(procedure, by)
    plain, personal = validate_form(procedure, dict(command.form), partial=partial)
    party = party_of(office, procedure, plain, personal, by)
    if not partial:
        ensure_named(party)
    return procedure, party, plain, personal
