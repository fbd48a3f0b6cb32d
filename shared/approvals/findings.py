"""The findings of a case: what each rule of its procedure says of it, and which facts it used."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from shared.approvals.errors import SubmissionBlocked
from shared.approvals.model import Case, CaseFinding
from shared.approvals.office import CaseOffice
from shared.kernel.clock import shanghai_date
from shared.kernel.errors import Errors
from shared.kernel.identity_number import IdentityNumber
from shared.persistence import insert_rows
from shared.procedures import Finding, Procedure, amount_fen, blocking, evaluate

_FINDINGS = cast(Table, CaseFinding.__table__)


def evaluate_case(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    external: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """Evaluate the rules with the form, the service's facts and those of the registries, store
    the findings in place of the earlier ones, and set the amount that follows."""
    if external is not None:
        case.external_facts = {**case.external_facts, **external}
        case.facts_fetched_at_utc = office.clock.now()
    findings = judge_case(session, office, case, procedure)
    store_findings(session, office, case, findings)
    return findings


def judge_case(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure
) -> list[Finding]:
    """What the rules say now; sets the amount that follows. Writes nothing, so a case that is not
    written yet can be judged."""
    facts = facts_of(session, office, case, procedure)
    findings = evaluate(procedure, facts, office.catalogue.rules)
    case.amount_fen = amount_fen(procedure, facts, office.catalogue.rules)
    return findings


def judge_anew(
    session: Session,
    office: CaseOffice,
    case: Case,
    procedure: Procedure,
    external: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """What the rules say now of a case past its decision, with what registries said since. The
    amount stays as it was decided; the findings of a closed case stay as they were at its end."""
    if external is not None:
        case.external_facts = {**case.external_facts, **external}
        case.facts_fetched_at_utc = office.clock.now()
    facts = facts_of(session, office, case, procedure)
    findings = evaluate(procedure, facts, office.catalogue.rules)
    if not case.closed:
        store_findings(session, office, case, findings)
    return findings


def facts_of(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure
) -> dict[str, Any]:
    """The facts of shared/procedures/README.md. Later sources win: what an applicant wrote never
    overrides what an office knows."""
    return {
        **case.form,
        **_about_the_person(case),
        "applied_on": applied_on(office, case),
        "region": case.region,
        "employer": case.employer,
        "employer_region": case.regions.get("employer"),
        "person_ref": case.subject_ref,
        **case.external_facts,
        **office.effects.facts(session, case, procedure),
    }


def applied_on(office: CaseOffice, case: Case) -> date:
    """The day that decides wherever a rule counts days, months or years, whenever it is asked: that
    of the first submission, in Shanghai; for a draft, today."""
    return shanghai_date(case.submitted_at_utc or office.clock.now())


def _about_the_person(case: Case) -> dict[str, Any]:
    number = (case.personal or {}).get("identity_number")
    if not number:
        return {}
    known = IdentityNumber.parse(number)
    return {"birth_date": known.birth_date, "sex": known.sex}


def ensure_submittable(findings: Sequence[Finding]) -> None:
    """Raises Errors with every finding that the document says blocks the submission."""
    stopping = blocking(findings)
    if stopping:
        raise Errors([SubmissionBlocked(rule=f.rule, why=f.zh, why_en=f.en) for f in stopping])


def store_findings(
    session: Session, office: CaseOffice, case: Case, findings: Sequence[Finding]
) -> None:
    """In place of the earlier ones."""
    session.execute(delete(CaseFinding).where(CaseFinding.case_id == case.id))
    add_findings(session, office, case, findings)


def add_findings(
    session: Session, office: CaseOffice, case: Case, findings: Sequence[Finding]
) -> None:
    rows = [
        {
            "case_id": case.id,
            "number": number,
            "rule": finding.rule,
            "passed": finding.passed,
            "facts": dict(finding.facts),
            "clause": finding.clause,
            "clause_en": finding.clause_en,
            "zh": finding.zh,
            "en": finding.en,
            "remedy_zh": finding.remedy_zh,
            "remedy_en": finding.remedy_en,
            "evaluated_at_utc": office.clock.now(),
        }
        for number, finding in enumerate(findings, start=1)
    ]
    insert_rows(session, _FINDINGS, rows)
