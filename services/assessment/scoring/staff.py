"""Records who staffs a sitting: invigilators, assessors, supervisors."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assessment.scoring.rules import counted_twice
from services.assessment.sittings.errors import StaffHasDecided, StaffIsACandidate, StaffTwice
from services.assessment.sittings.handlers import ensure_acts_for, locked_sitting
from services.assessment.sittings.model import Sitting, Staff
from shared.approvals.findings import evaluate_case
from shared.approvals.loading import procedure_of
from shared.approvals.model import CasePerson
from shared.approvals.office import CaseOffice
from shared.approvals.separation import deciders_of
from shared.audit import record
from shared.kernel.actor import Actor
from shared.kernel.characters import read_name
from shared.kernel.identity_number import IdentityNumber, person_ref
from shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """`identity_number` is made into a person_ref and not kept."""

    duty: str
    name: str
    card_number: str | None = None
    identity_number: str | None = field(default=None, repr=False)


def record_staff(
    session: Session, office: CaseOffice, sitting_id: str, entries: Sequence[StaffEntry], by: Actor
) -> Sitting:
    """In place of the former staff. Whoever staffs a sitting decides no step of it. Raises
    ScoresLocked, StaffIsACandidate, StaffHasDecided, StaffTwice."""
    case, sitting = locked_sitting(session, sitting_id)
    ensure_acts_for(by, sitting)
    sitting.ensure_open()
    entrants = {each.person_ref for each in sitting.candidates}
    deciders = deciders_of(session, sitting_id)
    staff = [_staff(number, each, office) for number, each in enumerate(entries, start=1)]
    for each in staff:
        if each.person_ref in entrants:
            raise StaffIsACandidate(field=f"staff.{each.number - 1}", name=each.name)
        if each.person_ref in deciders:
            raise StaffHasDecided(field=f"staff.{each.number - 1}", name=each.name)
    again = counted_twice([(each.duty, each.person_ref or each.card_number) for each in staff])
    if again is not None:
        raise StaffTwice(field=f"staff.{again}", name=staff[again].name)
    sitting.staff.clear()
    session.flush()
    sitting.staff.extend(staff)
    for each in staff:
        if each.person_ref is not None:
            session.execute(
                insert(CasePerson)
                .values(case_id=sitting_id, person_ref=each.person_ref, part="staff")
                .on_conflict_do_nothing()
            )
    session.flush()
    evaluate_case(session, office, case, procedure_of(session, office, case))
    record(
        session,
        at=office.clock.now(),
        actor=by,
        action="staff_recorded",
        case_id=sitting_id,
        facts={"staff": len(staff)},
    )
    return sitting


def _staff(number: int, entry: StaffEntry, office: CaseOffice) -> Staff:
    ref = None
    if entry.identity_number:
        place = f"staff.{number - 1}.identity_number"
        value = IdentityNumber.parse(entry.identity_number, field=place).value
        ref = person_ref(value, office.person_ref_key)
    return Staff(
        id=new_id(),
        number=number,
        duty=entry.duty,
        name=read_name(entry.name, field=f"staff.{number - 1}.name"),
        card_number=entry.card_number,
        person_ref=ref,
    )
