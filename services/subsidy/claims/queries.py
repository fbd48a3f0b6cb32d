"""The facts that subsidy's database supplies about a claim, by the names that rules read."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, literal, select, tuple_
from sqlalchemy.orm import Session

from services.subsidy.claims.rules import earlier_claims, insurance_facts
from services.subsidy.credentials.queries import (
    certificate_facts,
    certificates_of,
    honours_of,
)
from services.subsidy.entitlements.handlers import live_entitlement
from services.subsidy.entitlements.model import Entitlement, EntitlementState
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.kernel.clock import shanghai_date
from shared.kernel.identity_number import IdentityNumber
from shared.procedures import Procedure

INSURANCE_RECORD = "insurance_record"
UNDER_WAY = (CaseStatus.IN_PROGRESS, CaseStatus.RETURNED)


def facts_of_claim(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    wanted: Collection[str],
) -> dict[str, Any]:
    """What the claim is about, and the lists among `wanted`: each costs a query. What is not
    known is left out; the rule then says so."""
    facts = _about(session, case, procedure)
    if "certificates" in wanted:
        facts["certificates"] = certificates_of(session, case.subject_ref)
    if "honours" in wanted:
        facts["honours"] = honours_of(session, case.subject_ref)
    if "previous_grants" in wanted:
        facts["previous_grants"] = previous_grants(session, office, case)
    facts |= _identity(case)
    occupation = facts.get("occupation", case.form.get("occupation"))
    shortage = procedure.settings.get("shortage_occupations")
    if shortage is not None and occupation is not None:
        facts["shortage_occupation"] = occupation in shortage
    record = case.external_facts.get(INSURANCE_RECORD)
    if record is not None:
        issued = facts.get("certificate_issued_on")
        facts |= insurance_facts(
            record, applied_on(office, case), date.fromisoformat(issued) if issued else None
        )
    return facts


def previous_grants(session: Session, office: CaseOffice, case: Case) -> list[dict[str, Any]]:
    """Entitlements of the person that stand, and earlier claims that are under way. A case that has
    its own is judged by what came before: a later grant does not speak against it."""
    own = live_entitlement(session, case.id)
    rows = session.scalars(
        select(Entitlement)
        .where(
            Entitlement.person_ref == case.subject_ref,
            Entitlement.state != EntitlementState.RELEASED,
            Entitlement.case_id != case.id,
            *_reserved_before(own),
        )
        .order_by(Entitlement.reserved_at_utc)
    ).all()
    granted = [
        {
            "scheme": row.scheme,
            "occupation": row.about.get("occupation"),
            "level": row.about.get("level"),
            "certificate_no": row.about.get("certificate_no"),
            "granted_on": (row.granted_on or row.applied_on).isoformat(),
            "fund": row.fund,
            "region": row.region,
            "case_id": row.case_id,
        }
        for row in rows
    ]
    held = {row.case_id for row in rows}
    submitted = _moment(case) if case.submitted_at_utc else None
    under_way = [
        claim for claim in _under_way(session, office, case) if claim["case_id"] not in held
    ]
    return granted + earlier_claims(under_way, submitted)


def _reserved_before(own: Entitlement | None) -> list[ColumnElement[bool]]:
    if own is None:
        return []
    moment = tuple_(Entitlement.reserved_at_utc, Entitlement.id)
    return [moment < tuple_(literal(own.reserved_at_utc), literal(own.id))]


def applied_on(office: CaseOffice, case: Case) -> date:
    return shanghai_date(case.submitted_at_utc or office.clock.now())


def _under_way(session: Session, office: CaseOffice, case: Case) -> Iterator[dict[str, Any]]:
    others = session.scalars(
        select(Case).where(
            Case.subject_ref == case.subject_ref,
            Case.id != case.id,
            Case.status.in_(UNDER_WAY),
        )
    )
    for other in others:
        procedure = procedure_of(session, office, other)
        about = {**other.form, **_about(session, other, procedure)}
        yield {
            "scheme": procedure.scheme,
            "occupation": about.get("occupation"),
            "level": about.get("level"),
            "certificate_no": about.get("certificate_no"),
            "granted_on": applied_on(office, other).isoformat(),
            "fund": procedure.outcome.get("entitlement", {}).get("fund"),
            "region": other.region,
            "case_id": other.id,
            "submitted": _moment(other),
        }


def _moment(case: Case) -> tuple[str, str]:
    submitted = case.submitted_at_utc
    return (submitted.isoformat() if submitted else "", case.id)


def _about(session: Session, case: Case, procedure: Procedure) -> dict[str, Any]:
    """What the claim is about, by the certificate or honour that its form names."""
    facts: dict[str, Any] = {}
    for field in procedure.form:
        value = case.form.get(field.name)
        if field.type == "certificate_no" and value:
            facts |= certificate_facts(session, value, case.subject_ref)
        elif field.type == "honour_no" and value:
            facts["honour_no"] = value
    return facts


def _identity(case: Case) -> dict[str, Any]:
    number = (case.personal or {}).get("identity_number")
    if not number:
        return {}
    parsed = IdentityNumber.parse(number)
    return {"birth_date": parsed.birth_date.isoformat(), "sex": str(parsed.sex)}
