"""Certificates that rest on one revoked since: they stand, in doubt, until a centre decides."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assessment.certificates.model import Certificate
from services.assessment.sittings.model import Candidate, Sitting, all_met
from services.assessment.sittings.previous import findings_now
from shared.approvals.loading import procedure_of
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.doubts import Doubted, Settlers, raise_doubts

SETTLERS = Settlers("centre.officer", widened_to="province")


def doubt_what_rests_on(session: Session, office: CaseOffice, revoked: Certificate) -> None:
    """Those of its holder whose candidate had named it and meets no condition without it."""
    resting = session.execute(
        select(Certificate, Candidate, Sitting, Case)
        .join(Candidate, Candidate.id == Certificate.candidate_id)
        .join(Sitting, Sitting.case_id == Certificate.sitting_id)
        .join(Case, Case.id == Certificate.sitting_id)
        .where(
            Certificate.person_ref == revoked.person_ref,
            Certificate.state == "valid",
            Candidate.facts.contains({"certificates": [{"certificate_no": revoked.number}]}),
        )
        .order_by(Certificate.number)
    )
    lost = []
    for certificate, candidate, sitting, case in resting:
        procedure = procedure_of(session, office, case)
        found = findings_now(session, office, case, procedure, sitting, [candidate])
        if all_met(found[candidate.id]) is not True:
            lost.append(_doubted(certificate, revoked.number))
    raise_doubts(session, office.clock, lost)


def _doubted(certificate: Certificate, revoked: str) -> Doubted:
    return Doubted(
        number=certificate.number,
        case_id=certificate.sitting_id,
        person_ref=certificate.person_ref,
        region=certificate.region,
        cause=revoked,
        zh=f"申报时所依据的证书 {revoked} 已被撤销，没有它就不符合申报条件。",
        en=f"Certificate {revoked}, on which the application rested, was revoked; without it no "
        "condition for applying is met.",
    )
