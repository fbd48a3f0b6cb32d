"""Funding a claim: its entitlement, its place in the budget and its payment, or none of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.queries import budget_for
from services.subsidy.budgets.rules import Movement, Posting
from services.subsidy.claims.errors import AccountMissing, AmountUnknown, NotAtAllocation
from services.subsidy.claims.model import ClaimFunding, FundingState
from services.subsidy.claims.payees import ensure_payee
from services.subsidy.claims.queries import facts_of_claim
from services.subsidy.claims.rules import ALLOCATION_STEP
from services.subsidy.contradictions.handlers import (
    open_contradictions,
    settle_contradictions,
)
from services.subsidy.entitlements.errors import AlreadyGranted, EntitlementInUse
from services.subsidy.entitlements.handlers import (
    EntitlementRequest,
    live_entitlement,
    release_entitlement,
    reserve_entitlement,
)
from services.subsidy.entitlements.rules import (
    EVIDENCE,
    evidence_of,
    excluded_schemes,
    keys_of,
    subject_of,
)
from services.subsidy.payments.handlers import cancel_planned, live_payment, plan_payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.repairs.handlers import end_repairs
from shared.approvals.barring import finding_against, refused_for
from shared.approvals.findings import applied_on
from shared.approvals.judging import Judgement
from shared.approvals.loading import latest_step, locked_case, procedure_of
from shared.approvals.model import Case, CaseStatus
from shared.approvals.office import CaseOffice
from shared.approvals.outcomes import follow, refuse_case
from shared.approvals.step_model import CaseStep, StepStatus
from shared.kernel.actor import SYSTEM, Actor
from shared.kernel.errors import DomainError
from shared.kernel.region import region_at
from shared.messaging import outbox
from shared.procedures import Procedure, Step


def fund_claim(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step
) -> ClaimFunding:
    """Reserve the entitlement and the money and plan the payment, all or none. What may change
    (no budget, say) leaves the claim waiting with its reason. Raises AlreadyGranted."""
    region = region_at(case.regions.get(step.of, case.region), step.at)
    now = office.clock.now()
    funding = session.get(ClaimFunding, case.id)
    if funding is None:
        funding = ClaimFunding(case_id=case.id, changed_at_utc=now)
        session.add(funding)
    funding.scheme, funding.region = procedure.scheme, region
    try:
        with session.begin_nested():
            _reserve(session, office, case, procedure, region)
    except AlreadyGranted:
        funding.release(now)
        raise
    except DomainError as problem:
        funding.wait(now, problem)
    else:
        funding.fund(now)
    return funding


def fund_waiting(
    session: Session,
    office: CaseOffice,
    *,
    region: str | None = None,
    scheme: str | None = None,
    case_ids: Sequence[str] = (),
    limit: int = 200,
) -> int:
    """Try again for claims that wait for a budget, in a region or by their cases; answers how
    many are funded now."""
    query = select(ClaimFunding.case_id).where(ClaimFunding.state == FundingState.WAITING)
    if case_ids:
        query = query.where(ClaimFunding.case_id.in_(case_ids))
    else:
        query = query.where(ClaimFunding.region == region)
    if scheme is not None:
        query = query.where(ClaimFunding.scheme == scheme)
    funded = 0
    for case_id in session.scalars(query.order_by(ClaimFunding.case_id).limit(limit)).all():
        case = locked_case(session, case_id)
        if case.status != CaseStatus.IN_PROGRESS or case.current_step is None:
            continue
        procedure = procedure_of(session, office, case)
        step = procedure.step(case.current_step)
        try:
            funding = fund_claim(session, office, case, procedure, step)
        except AlreadyGranted as error:
            refuse_as_granted(session, office, case, procedure, error)
            outbox.signal_workflow(session, case_id=case_id)
            continue
        funded += funding.state == FundingState.FUNDED
    return funded


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
    entitlement = live_entitlement(session, case_id)
    if entitlement is None:
        return
    payment = live_payment(session, entitlement.id)
    if payment is not None and payment.state != PaymentState.PLANNED:
        raise EntitlementInUse(state=payment.state)
    if payment is not None:
        cancel_planned(session, office.clock, by, payment)
        moot = open_contradictions(session, [payment.id])
        settle_contradictions(session, office.clock, by, moot, reason)
    end_repairs(session, office.clock, by, entitlement.id, reason)
    release_entitlement(session, office.clock, by, entitlement, reason)
    posting = Posting(
        Movement.RELEASE, entitlement.id, entitlement.budget_id, entitlement.amount_fen
    )
    post(session, office.clock, by, [posting])


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


def _reserve(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, region: str
) -> None:
    ensure_payee(case, procedure)
    if (found := finding_against(session, case)) is not None:
        raise refused_for(found)
    account = _account(case, procedure)
    request = _request(session, office, case, procedure, region)
    entitlement = reserve_entitlement(session, office.clock, request)
    posting = Posting(
        Movement.RESERVE, entitlement.id, entitlement.budget_id, entitlement.amount_fen
    )
    post(session, office.clock, SYSTEM, [posting])
    plan_payment(session, office.clock, entitlement, payee_name=case.subject_name, account=account)


def _request(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, region: str
) -> EntitlementRequest:
    if not case.amount_fen:
        raise AmountUnknown(case=case.id)
    outcome = procedure.outcome.get("entitlement", {})
    facts = {**case.form, **facts_of_claim(session, office, case, procedure, wanted=())}
    subject = subject_of(facts, outcome.get("subject", ()), case.id)
    fund = outcome.get("fund", "subsidy")
    budget = budget_for(session, fund, region, office.clock.today().year)
    return EntitlementRequest(
        case_id=case.id,
        person_ref=case.subject_ref,
        scheme=procedure.scheme,
        subject=subject,
        about={name: facts[name] for name in ("occupation", "level", *EVIDENCE) if name in facts},
        fund=fund,
        region=region,
        budget_id=budget.id,
        amount_fen=case.amount_fen,
        applied_on=applied_on(office, case),
        keys=keys_of(procedure.scheme, _excluded(office, procedure), subject, evidence_of(facts)),
    )


def _excluded(office: CaseOffice, procedure: Procedure) -> set[str]:
    documents: list[tuple[str, Any]] = [
        (each.scheme, each.outcome.get("entitlement", {}).get("excludes", ()))
        for each in (*office.catalogue.all(), procedure)
    ]
    return excluded_schemes(procedure.scheme, documents)


def _account(case: Case, procedure: Procedure) -> str:
    for field in procedure.form:
        value = (case.personal or {}).get(field.name)
        if field.type == "bank_account" and value:
            return str(value)
    raise AccountMissing(case=case.id)
