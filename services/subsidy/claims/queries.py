"""The facts that subsidy's database supplies about a claim, by the names that rules read."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.claims.rules import earlier_claims, insurance_facts
from services.subsidy.credentials.queries import (
    certificate_facts,
    certificates_of,
    honours_of,
)
from services.subsidy.entitlements.model import Entitlement, EntitlementState
from shared.approvals.findings import applied_on
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
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
    """What the person was granted, or has under way, and applied for before this case: granted and
    under way count alike, so that the answer is the same before and after a grant."""
    granted = [
        {
            "scheme": row.scheme,
            "occupation": row.about.get("occupation"),
            "level": row.about.get("level"),
            "certificate_no": row.about.get("certificate_no"),
            "applied_on": row.applied_on.isoformat(),
            "fund": row.fund,
            "region": row.region,
            "case_id": row.case_id,
            "submitted": _moment(row.case_id, submitted),
        }
        for row, submitted in session.execute(
            select(Entitlement, Case.submitted_at_utc)
            .join(Case, Case.id == Entitlement.case_id)
            .where(
                Entitlement.person_ref == case.subject_ref,
                Entitlement.state != EntitlementState.RELEASED,
                Entitlement.case_id != case.id,
            )
            .order_by(Entitlement.reserved_at_utc)
        )
    ]
    held = {claim["case_id"] for claim in granted}
    under_way = [
        claim for claim in _under_way(session, office, case) if claim["case_id"] not in held
    ]
    own = _moment(case.id, case.submitted_at_utc) if case.submitted_at_utc else None
    return earlier_claims([*granted, *under_way], own)


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
            "applied_on": applied_on(office, other).isoformat(),
            "fund": procedure.outcome.get("entitlement", {}).get("fund"),
            "region": other.region,
            "case_id": other.id,
            "submitted": _moment(other.id, other.submitted_at_utc),
        }


def _moment(case_id: str, submitted: datetime | None) -> tuple[str, str]:
    return (submitted.isoformat() if submitted else "", case_id)


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
