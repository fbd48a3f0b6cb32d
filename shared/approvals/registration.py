"""Writes a new case: its number, its row, the people it concerns, its findings and first entries.

In few statements: everything is worked out first, then each table is written once."""

from collections.abc import Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Table, delete
from sqlalchemy.dialects.postgresql import insert as insert_or_keep
from sqlalchemy.orm import Session

from shared.approvals.applicants import Party, regions_of
from shared.approvals.findings import add_findings
from shared.approvals.model import Case, CasePerson, CaseStatus, ProcedureText, case_numbers
from shared.approvals.office import CaseOffice
from shared.audit import Deed, record_many
from shared.persistence import insert_new
from shared.procedures import Finding, Procedure

_PEOPLE = cast(Table, CasePerson.__table__)
SUBJECT, APPLICANT, COLLEAGUE = "subject", "applicant", "colleague"
_OF_THE_FORM = CasePerson.part.in_([SUBJECT, APPLICANT])
# Digests known to be committed, by database: their text need not be offered again.
_KEPT: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def new_case(
    session: Session,
    office: CaseOffice,
    procedure: Procedure,
    party: Party,
    plain: dict[str, Any],
    personal: dict[str, Any],
) -> Case:
    """A draft with its number, not written yet: what it says of itself may still be worked out."""
    now = office.clock.now()
    number = session.connection().scalar(case_numbers)
    regions = regions_of(office, procedure, plain, party.employer)
    return Case(
        id=f"{office.prefix}-{office.clock.today().year}-{number:06d}",
        procedure=procedure.id,
        procedure_version=procedure.version,
        procedure_digest=procedure.digest,
        status=CaseStatus.DRAFT,
        applicant_ref=party.applicant_ref,
        applicant_name=party.applicant_name,
        subject_ref=party.subject_ref,
        subject_name=party.subject_name,
        employer=party.employer,
        organisation=party.organisation,
        region=regions["case"],
        regions=regions,
        form=plain,
        personal=personal,
        round=1,
        external_facts={},
        opened_at_utc=now,
        changed_at_utc=now,
        version=1,
    )


def write_case(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    findings: Sequence[Finding],
    deeds: Sequence[Deed],
) -> None:
    keep_text(session, procedure)
    insert_new(session, case)
    _write_people(session, case)
    add_findings(session, office, case, findings)
    record_many(session, deeds)


def concern(session: Session, case_id: str, person_ref: str, part: str) -> None:
    """Who comes to have a part in a case; nobody has two."""
    session.execute(
        insert_or_keep(_PEOPLE)
        .values(case_id=case_id, person_ref=person_ref, part=part)
        .on_conflict_do_nothing()
    )


def write_people_anew(session: Session, case: Case) -> None:
    """A draft that names its subject only now."""
    session.execute(delete(CasePerson).where(CasePerson.case_id == case.id, _OF_THE_FORM))
    _write_people(session, case)


def _write_people(session: Session, case: Case) -> None:
    parts = {case.subject_ref: SUBJECT, case.applicant_ref: APPLICANT}
    session.execute(
        insert_or_keep(_PEOPLE).on_conflict_do_nothing(),
        [{"case_id": case.id, "person_ref": who, "part": part} for who, part in parts.items()],
    )


def keep_text(session: Session, procedure: Procedure) -> None:
    """The document's text stands in the database before the first case that names its digest."""
    kept = _KEPT.setdefault(session.get_bind().engine, set())
    if procedure.digest in kept:
        return
    added = session.execute(
        insert_or_keep(ProcedureText)
        .values(digest=procedure.digest, text=procedure.source_text)
        .on_conflict_do_nothing()
        .returning(ProcedureText.digest)
    ).first()
    if added is None:  # somebody committed it before, so it is there for good
        kept.add(procedure.digest)
