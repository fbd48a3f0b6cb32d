"""Opens a sitting with its roster, replaces the roster, records who staffs it.

A sitting's case is opened, corrected and decided by shared.approvals; this adds what only an
assessment has. Locks are taken in one order: the case, then the sitting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.assessment.organisations.queries import filing_for, organisation_by_code
from services.assessment.organisations.rules import ensure_own_staff
from services.assessment.scoring.model import Score
from services.assessment.sittings.errors import (
    CandidateUnknown,
    NotYourOrganisation,
    ReasonMissing,
    RosterClosed,
    SittingNotFound,
)
from services.assessment.sittings.intake import checked_roster, take_in
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.rules import Roster
from services.assessment.sittings.standard import Standard
from services.assessment.spreadsheets.reading import Row
from shared.approvals.applications import OpenCase, save_draft, submit_draft
from shared.approvals.corrections import resume_earlier
from shared.approvals.errors import OwnCase
from shared.approvals.findings import evaluate_case
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.model import Case, CasePerson, CaseStatus
from shared.approvals.office import CaseOffice
from shared.audit import record
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError, Errors, InvalidField
from shared.kernel.text import Text, half_width
from shared.procedures import ROSTER, Procedure

ORGANISATION_ROLE = "organisation.officer"
REQUIRED = ("occupation", "level", "held_on")


@dataclass(frozen=True, slots=True)
class OpenSitting:
    """`form` has the fields of the procedure's form; `rows` are the roster's."""

    procedure: str
    form: Mapping[str, Any]
    rows: Sequence[Row]
    accept_good_rows: bool = False
    submit: bool = True


@dataclass(frozen=True, slots=True)
class RosterImport:
    """`skipped`: what was wrong with the rows left out, where the good ones were to be taken."""

    sitting: Sitting
    skipped: list[DomainError]


def open_sitting(
    session: Session, office: CaseOffice, command: OpenSitting, by: Actor
) -> RosterImport:
    """A case, its sitting and its candidates at once, submitted unless `submit` is false. Raises
    Errors with everything wrong in the form or, with row and column, in the roster."""
    case = save_draft(session, office, OpenCase(command.procedure, dict(command.form)), by)
    procedure = procedure_of(session, office, case)
    if case.organisation is None or not acts_for(by, case.organisation):
        raise NotYourOrganisation()
    sitting = _new_sitting(session, office, case, procedure)
    session.add(sitting)
    session.flush()
    roster = checked_roster(
        session, office, procedure, sitting, command.rows, command.accept_good_rows
    )
    take_in(session, office, procedure, case, sitting, roster.entrants)
    _audit(session, office, sitting, "roster_imported", by, roster)
    if command.submit:
        submit_draft(session, office, case.id, {}, by)
    return RosterImport(sitting, roster.errors)


def replace_roster(
    session: Session,
    office: CaseOffice,
    sitting_id: str,
    rows: Sequence[Row],
    by: Actor,
    *,
    accept_good_rows: bool = False,
) -> RosterImport:
    """Another roster for a draft or returned sitting: who had decided about the roster before the
    return decides again. Raises RosterClosed, ScoresLocked, Errors."""
    case, sitting = locked_sitting(session, sitting_id)
    ensure_acts_for(by, sitting)
    if case.status not in (CaseStatus.DRAFT, CaseStatus.RETURNED):
        raise RosterClosed(sitting=sitting_id)
    sitting.ensure_open()
    procedure = procedure_of(session, office, case)
    former = {each.person_ref for each in sitting.candidates}
    before = [each.line for each in sitting.candidates]
    roster = checked_roster(session, office, procedure, sitting, rows, accept_good_rows)
    session.execute(delete(Score).where(Score.sitting_id == sitting_id))
    sitting.candidates.clear()
    session.flush()
    session.execute(
        delete(CasePerson).where(
            CasePerson.case_id == sitting_id,
            CasePerson.part == "candidate",
            CasePerson.person_ref.in_(former),
        )
    )
    take_in(session, office, procedure, case, sitting, roster.entrants)
    if [each.line for each in sitting.candidates] != before:
        resume_earlier(session, office, procedure, case, {ROSTER})
    case.touch(office.clock.now())
    _audit(session, office, sitting, "roster_replaced", by, roster)
    return RosterImport(sitting, roster.errors)


def withdraw_candidate(
    session: Session, office: CaseOffice, sitting_id: str, number: str, reason: str, by: Actor
) -> Candidate:
    """Out of a sitting that is not scored yet (on two rosters of one day, say): free to enter
    another. Raises ScoresLocked, CandidateUnknown, CandidateHasLeft, NotYourOrganisation."""
    case, sitting = locked_sitting(session, sitting_id)
    ensure_acts_for(by, sitting)
    sitting.ensure_open()
    if case.closed:
        raise case.not_open()
    written = half_width(number)
    candidate = next((each for each in sitting.candidates if str(each.number) == written), None)
    if candidate is None:
        raise CandidateUnknown(number=number[:10])
    if not reason.strip():
        raise ReasonMissing(field="reason")
    candidate.withdraw(office.clock.today(), reason.strip())
    session.execute(delete(Score).where(Score.candidate_id == candidate.id))
    session.flush()
    case.touch(office.clock.now())
    evaluate_case(session, office, case, procedure_of(session, office, case))
    record(
        session,
        at=office.clock.now(),
        actor=by,
        action="candidate_withdrawn",
        case_id=sitting_id,
        facts={"number": candidate.number},
        reason=reason.strip(),
    )
    return candidate


def locked_sitting(session: Session, sitting_id: str) -> tuple[Case, Sitting]:
    """Both rows locked, the case first. Raises CaseNotFound or SittingNotFound."""
    case = locked_case(session, sitting_id)
    sitting = session.scalars(
        select(Sitting)
        .where(Sitting.case_id == sitting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if sitting is None:
        raise SittingNotFound(sitting=sitting_id)
    return case, sitting


def acts_for(by: Actor, organisation: str) -> bool:
    return any(
        each.role == ORGANISATION_ROLE and each.organisation == organisation
        for each in by.memberships
    )


def ensure_acts_for(by: Actor, sitting: Sitting) -> None:
    """Raises NotYourOrganisation; OwnCase for who is a candidate of the sitting."""
    if not acts_for(by, sitting.organisation):
        raise NotYourOrganisation()
    if any(each.person_ref == by.person_ref for each in sitting.candidates):
        raise OwnCase(case=sitting.case_id)


def _new_sitting(session: Session, office: CaseOffice, case: Case, procedure: Procedure) -> Sitting:
    form = case.form
    missing: list[DomainError] = [
        InvalidField(field=name, reason=Text("必须填写。", "This is required."))
        for name in REQUIRED
        if not form.get(name)
    ]
    if missing:
        raise Errors(missing)
    held_on = form["held_on"]
    day = held_on if isinstance(held_on, date) else date.fromisoformat(str(held_on))
    standard = Standard.of(procedure)
    standard.ensure_scored(str(form["level"]))
    organisation = organisation_by_code(session, str(case.organisation))
    filing = filing_for(organisation, str(form["occupation"]), str(form["level"]), day)
    ensure_own_staff(filing.as_rule(), organisation.code, form.get("employer"))
    employer = office.directory.organisation(str(form.get("employer") or ""))
    return Sitting(
        case_id=case.id,
        organisation=organisation.code,
        organisation_name=filing.name,
        filing_id=filing.id,
        occupation=str(form["occupation"]),
        level=str(form["level"]),
        held_on=day,
        place=str(form.get("place") or ""),
        region=case.region,
        employer=form.get("employer"),
        employer_name=employer.name.zh if employer else form.get("employer_name"),
        pass_mark_tenths=standard.pass_mark_tenths,
        candidates=[],
        staff=[],
    )


def _audit(
    session: Session, office: CaseOffice, sitting: Sitting, action: str, by: Actor, roster: Roster
) -> None:
    record(
        session,
        at=office.clock.now(),
        actor=by,
        action=action,
        case_id=sitting.case_id,
        facts={
            "candidates": len(roster.entrants),
            "rows_left_out": len({each.row for each in roster.errors}),
        },
    )
