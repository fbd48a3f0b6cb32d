"""Whom a case concerns: who applies, about whom, in which organisation, and which region counts
for which office. Read from the form, the sign-in and the directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.approvals.errors import (
    MayNotApply,
    NameMissing,
    NotYourIdentityNumber,
    RegionUnknown,
)
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.kernel.actor import Actor
from shared.kernel.errors import Errors
from shared.kernel.identity_number import person_ref
from shared.procedures import Procedure

WORKER = "worker"


@dataclass(frozen=True)
class Party:
    """`employer` is the unit that confirms and recommends; `organisation` is the applying one
    (an assessment or training organisation), where an organisation applies."""

    applicant_ref: str
    applicant_name: str
    subject_ref: str
    subject_name: str
    employer: str | None
    organisation: str | None


def ensure_may_apply(procedure: Procedure, by: Actor) -> None:
    """A worker is anybody signed in; any other applicant is a role that must be held."""
    if not applying_roles(procedure, by):
        raise MayNotApply(applicant=procedure.applicant)


def applying_roles(procedure: Procedure, by: Actor) -> list[str]:
    return [role for role in procedure.applicant if role == WORKER or by.has_role(role)]


def party_of(
    office: CaseOffice,
    procedure: Procedure,
    plain: Mapping[str, Any],
    personal: Mapping[str, Any],
    by: Actor,
) -> Party:
    """The subject is the person of the form's identity number, the applicant where there is none;
    an officer's draft may not have the name of its subject yet. Raises NotYourIdentityNumber when
    somebody applies for another without an office to do so."""
    number = personal.get("identity_number")
    subject = person_ref(number, office.person_ref_key) if number else by.person_ref
    offices = [role for role in applying_roles(procedure, by) if role != WORKER]
    if subject != by.person_ref and not offices:
        raise NotYourIdentityNumber(field="identity_number")
    acting = [m.organisation for m in by.memberships if m.role in offices and m.organisation]
    named = plain.get("employer")
    organisation = named if named in acting else next(iter(acting), None)
    own_employer = next(
        (m.organisation for m in by.memberships if m.role == WORKER and m.organisation), None
    )
    employer = named or own_employer or organisation
    asked = any(field.name == "name" for field in procedure.form)
    name = plain.get("name") or ("" if asked and subject != by.person_ref else by.name)
    return Party(
        applicant_ref=by.person_ref,
        applicant_name=by.name,
        subject_ref=subject,
        subject_name=str(name),
        employer=employer,
        organisation=organisation,
    )


def acts_for_applicant(procedure: Procedure, case: Case, by: Actor) -> bool:
    """Who applied; where an organisation did, also a colleague in an office that may apply."""
    if by.person_ref in (case.applicant_ref, case.submitted_by):
        return True
    roles = set(procedure.applicant) - {WORKER}
    return case.organisation is not None and any(
        each.role in roles and each.organisation == case.organisation for each in by.memberships
    )


def ensure_named(party: Party) -> None:
    """Raises NameMissing."""
    if not party.subject_name.strip():
        raise Errors([NameMissing(field="name")])


def regions_of(
    office: CaseOffice,
    procedure: Procedure,
    plain: Mapping[str, Any],
    employer: str | None,
) -> dict[str, str]:
    """Each region that a step may name: the form's region fields by their names, the employer's
    by the directory, and `case`: the field `region`, else the first region given, else the
    employer's, else the procedure's own."""
    named = {
        field.name: str(plain[field.name])
        for field in procedure.form
        if field.type == "region" and plain.get(field.name)
    }
    known = office.directory.organisation(employer) if employer else None
    if known is not None:
        named.setdefault("employer", known.region)
    case = named.get("region") or next(iter(named.values()), None) or procedure.region
    if not case:
        raise RegionUnknown(field="region")
    return {**named, "case": case}
