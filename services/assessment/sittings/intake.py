"""Checks a roster against the document and the other sittings, and takes its people in."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assessment.sittings.errors import (
    DecidedOnRoster,
    InAnotherSitting,
    InAnotherSittingThatDay,
    RosterTooLong,
    StaffOnRoster,
)
from services.assessment.sittings.findings import row_findings
from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.previous import checked_previous
from services.assessment.sittings.retaking import parts_carried
from services.assessment.sittings.rules import Entrant, Roster, read_roster
from services.assessment.sittings.standard import Standard
from services.assessment.spreadsheets.reading import Row
from shared.approvals.findings import applied_on
from shared.approvals.model import Case, CasePerson
from shared.approvals.office import CaseOffice
from shared.approvals.separation import deciders_of
from shared.kernel.errors import DomainError, Errors
from shared.kernel.ids import new_id
from shared.procedures import Procedure

_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(ref, 0)) FROM unnest(cast(:refs AS text[])) ref"
)


def checked_roster(
    session: Session,
    office: CaseOffice,
    procedure: Procedure,
    sitting: Sitting,
    rows: Sequence[Row],
    accept_good_rows: bool,
) -> Roster:
    """The good rows with what is wrong with the others. Raises RosterTooLong; Errors where any
    row is wrong and the good ones were not asked for, or there is none."""
    limit = Standard.of(procedure).largest_roster
    if len(rows) > limit:
        raise RosterTooLong(field="roster", count=len(rows), limit=limit)
    roster = read_roster(
        rows,
        occupation=sitting.occupation,
        level=sitting.level,
        held_on=sitting.held_on,
        key=office.person_ref_key,
    )
    entrants, differing = checked_previous(session, roster.entrants)
    barred = _barred(session, sitting, entrants)
    errors = [*roster.errors, *differing]
    errors += [
        _placed(barred[entrant.person_ref], entrant.row)
        for entrant in entrants
        if entrant.person_ref in barred
    ]
    good = [each for each in entrants if each.person_ref not in barred]
    if errors and not (accept_good_rows and good):
        raise Errors(sorted(errors, key=lambda each: each.row or 0))
    return Roster(good, errors)


def _placed(error: DomainError, row: int) -> DomainError:
    error.field, error.row = "identity_number", row
    return error


def _barred(
    session: Session, sitting: Sitting, entrants: Sequence[Entrant]
) -> dict[str, DomainError]:
    """Who may not be on this roster, and why. The sitting is locked, so that nobody comes to staff
    it meanwhile."""
    staff = {each.person_ref for each in sitting.staff if each.person_ref is not None}
    deciders = deciders_of(session, sitting.case_id)
    return {
        **_that_day(session, sitting, entrants),
        **{ref: InAnotherSitting() for ref in _in_other_sittings(session, sitting, entrants)},
        **{ref: DecidedOnRoster() for ref in deciders},
        **{ref: StaffOnRoster() for ref in staff},
    }


def _that_day(
    session: Session, sitting: Sitting, entrants: Sequence[Entrant]
) -> dict[str, DomainError]:
    """Nobody sits twice on one day. One at a time of each person's rosters is checked, so that of
    two at once one is told."""
    refs = sorted({each.person_ref for each in entrants})
    session.execute(_ONE_AT_A_TIME, {"refs": refs})
    rows = session.execute(
        select(Candidate.person_ref, Sitting.case_id)
        .join(Sitting, Sitting.case_id == Candidate.sitting_id)
        .where(
            Candidate.active,
            Candidate.sitting_id != sitting.case_id,
            Candidate.person_ref.in_(refs),
            Sitting.held_on == sitting.held_on,
        )
    )
    on = sitting.held_on.isoformat()
    return {ref: InAnotherSittingThatDay(sitting=other, on=on) for ref, other in rows}


def _in_other_sittings(
    session: Session, sitting: Sitting, entrants: Sequence[Entrant]
) -> frozenset[str]:
    return frozenset(
        session.scalars(
            select(Candidate.person_ref).where(
                Candidate.active,
                Candidate.sitting_id != sitting.case_id,
                Candidate.occupation == sitting.occupation,
                Candidate.level == sitting.level,
                Candidate.person_ref.in_([each.person_ref for each in entrants]),
            )
        )
    )


def take_in(
    session: Session,
    office: CaseOffice,
    procedure: Procedure,
    case: Case,
    sitting: Sitting,
    entrants: Sequence[Entrant],
) -> None:
    """As candidates with the findings of the row rules, and as people whom the case concerns."""
    day, rules = applied_on(office, case), office.catalogue.rules
    carried = parts_carried(session, sitting, entrants, Standard.of(procedure))
    for number, entrant in enumerate(entrants, start=1):
        sitting.candidates.append(
            Candidate(
                id=new_id(),
                number=number,
                person_ref=entrant.person_ref,
                name=entrant.name,
                identity_number=entrant.identity_number,
                phone=entrant.phone,
                occupation=sitting.occupation,
                level=sitting.level,
                condition=entrant.condition,
                facts=dict(entrant.facts),
                findings=row_findings(procedure, entrant, sitting, day, rules),
                active=True,
                carried=carried.get(entrant.person_ref, {}),
            )
        )
    session.flush()
    people = [
        {"case_id": sitting.case_id, "person_ref": each.person_ref, "part": "candidate"}
        for each in entrants
    ]
    session.execute(insert(CasePerson).values(people).on_conflict_do_nothing())
