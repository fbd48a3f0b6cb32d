"""The end of a claim: what it holds goes back, and its case ends with it."""

from sqlalchemy.orm import Session

from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.rules import Movement, Posting
from services.subsidy.claims.errors import NotAtAllocation
from services.subsidy.claims.model import ClaimFunding
from services.subsidy.claims.rules import ALLOCATION_STEP
from services.subsidy.contradictions.handlers import (
    open_contradictions,
    settle_contradictions,
)
from services.subsidy.contradictions.rules import PAID_AGAINST_THE_RECORD
from services.subsidy.entitlements.errors import AlreadyGranted, EntitlementInUse
from services.subsidy.entitlements.handlers import live_entitlement, release_entitlement
from services.subsidy.payments.handlers import cancel_planned, live_payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.regions import ensure_office
from services.subsidy.repairs.handlers import end_repairs
from shared.approvals.judging import Judgement
from shared.approvals.loading import latest_step, locked_case, procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import follow, refuse_case
from shared.approvals.separation import ensure_uninvolved
from shared.approvals.step_model import CaseStep, StepStatus
from shared.kernel.actor import SYSTEM, Actor
from shared.messaging import outbox
from shared.procedures import Procedure

LEADER = "bureau.leader"


def refuse_as_granted(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, error: AlreadyGranted
) -> None:
    """Two claims for one thing were under way at once: the first has it, and the case of the second
    ends with its funding."""
    opened = latest_step(session, case)
    assert opened is not None
    reason = f"{error.text('zh')} / {error.text('en')}"
    judgement = Judgement("reject", error.code, reason)
    follow(session, office, case, procedure, opened, judgement, SYSTEM)


def release_claim(
    session: Session, office: CaseOffice, case_id: str, reason: str, by: Actor = SYSTEM
) -> None:
    """Give back what the claim holds: payment, entitlement, budget. Raises EntitlementInUse while
    its money is on its way or was paid. A payment that failed may not be repaired afterwards."""
    funding = session.get(ClaimFunding, case_id)
    if funding is not None:
        funding.release(office.clock.now())
    end_repairs(session, office.clock, by, case_id, reason)
    entitlement = live_entitlement(session, case_id)
    if entitlement is None:
        return
    payment = live_payment(session, entitlement.id)
    if payment is not None and payment.state != PaymentState.PLANNED:
        raise EntitlementInUse(state=payment.state)
    if payment is not None:
        cancel_planned(session, office.clock, by, payment)
        moot = [  # that the bank paid the thing is not
            each
            for each in open_contradictions(session, [payment.id])
            if each.code not in PAID_AGAINST_THE_RECORD
        ]
        settle_contradictions(session, office.clock, by, moot, reason)
    posting = Posting(
        Movement.RELEASE, entitlement.id, entitlement.budget_id, entitlement.amount_fen
    )
    post(session, office.clock, by, [posting])  # budgets are locked before the keys
    release_entitlement(session, office.clock, by, entitlement, reason)


def end_claim_as_leader(
    session: Session, office: CaseOffice, case_id: str, reason: str, by: Actor
) -> Case:
    """By a leader of the claim's region who has no part in it. Raises what `end_claim` raises, and
    OutsideRegion, OwnCase, DecidedAnotherStep."""
    case = locked_case(session, case_id)
    funding = session.get(ClaimFunding, case_id)
    ensure_office(office.directory, by, LEADER, funding.region if funding else case.region)
    ensure_uninvolved(session, [case_id], by)
    end_claim(session, office, case, reason, by)
    return case


def end_claim(session: Session, office: CaseOffice, case: Case, reason: str, by: Actor) -> None:
    """A leader ends a claim that waits for its money, or whose payments all came to nothing: what
    it holds goes back, and a case under way is refused for the reason. The case is locked. Raises
    EntitlementInUse, NotAtAllocation."""
    opened = latest_step(session, case)
    under_way = case.status == CaseStatus.IN_PROGRESS
    if not under_way and live_entitlement(session, case.id) is None:
        raise NotAtAllocation(case=case.id)
    procedure = procedure_of(session, office, case)
    if under_way and not _waits_for_money(procedure, case, opened):
        raise NotAtAllocation(case=case.id)
    release_claim(session, office, case.id, reason, by)
    if under_way:
        if opened is not None and opened.status == StepStatus.OPEN:
            follow(session, office, case, procedure, opened, _ended(reason), by)
        else:
            refuse_case(session, office, case, procedure, reason, by)
        outbox.signal_workflow(session, case_id=case.id)


def _ended(reason: str) -> Judgement:
    return Judgement("reject", "claim_ended", reason)


def _waits_for_money(procedure: Procedure, case: Case, opened: CaseStep | None) -> bool:
    """At its allocation, or held after its last step for want of an entitlement."""
    if opened is None:
        return False
    last = procedure.steps[-1].key
    return opened.key == ALLOCATION_STEP or (opened.key == last and opened.status != "open")
