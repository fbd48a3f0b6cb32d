"""A leader settles what speaks against a payment. A hold whose condition still fails stays."""

from sqlalchemy.orm import Session

from services.subsidy.contradictions.handlers import settle_contradictions
from services.subsidy.contradictions.model import Contradiction
from services.subsidy.contradictions.queries import visible_contradiction
from services.subsidy.contradictions.rules import Consequence
from services.subsidy.contradictions.weighing import NOT_MET, UNKNOWN, about
from services.subsidy.payments.rules import PaymentState
from services.subsidy.regions import ensure_office
from shared.approvals.barring import refused_for
from shared.approvals.findings import judge_anew
from shared.approvals.loading import locked_case, procedure_of
from shared.approvals.office import CaseOffice
from shared.approvals.separation import ensure_uninvolved
from shared.kernel.actor import Actor

LEADER = "bureau.leader"


def settle_contradiction(
    session: Session, office: CaseOffice, contradiction_id: str, reason: str, by: Actor
) -> Contradiction:
    """Raises ContradictionNotFound, OutsideRegion, OwnCase, ContradictionSettled, and FindingNotMet
    or FindingUnknown where money would go against a condition."""
    found, payment = visible_contradiction(session, contradiction_id, by)
    ensure_office(office.directory, by, LEADER, payment.region)
    case = locked_case(session, found.case_id)
    ensure_uninvolved(session, [case.id], by)
    session.refresh(found)
    session.refresh(payment)
    holds = found.consequence == Consequence.HOLD and payment.state == PaymentState.PLANNED
    if holds and found.code in (NOT_MET, UNKNOWN):
        findings = judge_anew(session, office, case, procedure_of(session, office, case))
        for number, finding in enumerate(findings, start=1):
            if about(number, finding) == found.about and not finding.passed:
                raise refused_for(finding)
    settle_contradictions(session, office.clock, by, [found], reason)
    return found
