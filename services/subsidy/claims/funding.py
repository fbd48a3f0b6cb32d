"""Funding claims: entitlement, place in a budget and payment, or none of them. Many in a fixed
number of statements, so that what waited for money has it soon after it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.budgets.allotting import allot_budgets, available_money, shortage
from services.subsidy.budgets.funds import fund_of
from services.subsidy.budgets.handlers import post
from services.subsidy.budgets.rules import Movement, Need, Posting
from services.subsidy.claims.accounts import account_of
from services.subsidy.claims.errors import AmountUnknown, FundsInOrder
from services.subsidy.claims.model import ClaimFunding, FundingState
from services.subsidy.claims.payees import ensure_payee
from services.subsidy.claims.queries import facts_of_claim
from services.subsidy.claims.queue import somebody_is_before
from services.subsidy.contradictions.remembering import hold_what_was_paid
from services.subsidy.credentials.errors import EvidenceTakenBack
from services.subsidy.credentials.model import KnownCertificate
from services.subsidy.credentials.queries import revoked_among
from services.subsidy.entitlements.errors import AlreadyGranted
from services.subsidy.entitlements.handlers import (
    EntitlementRequest,
    lock_people,
    reserve_entitlements,
)
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.entitlements.rules import (
    EVIDENCE,
    evidence_of,
    excluded_schemes,
    keys_of,
    subject_of,
)
from services.subsidy.payments.handlers import Plan, plan_payments
from shared import audit
from shared.approvals.barring import findings_against, refused_for
from shared.approvals.findings import applied_on
from shared.approvals.model import Case
from shared.approvals.office import CaseOffice
from shared.audit import Deed
from shared.kernel.actor import SYSTEM
from shared.kernel.errors import DomainError
from shared.kernel.region import region_at
from shared.procedures import Procedure, Step


@dataclass(frozen=True)
class Claim:
    """One that waits for its money; its case is locked."""

    case: Case
    procedure: Procedure
    funding: ClaimFunding

    def need(self, amount_fen: int) -> Need:
        return Need(self.case.id, fund_of(self.procedure), self.funding.region, amount_fen)


def fund_claim(
    session: Session, office: CaseOffice, case: Case, procedure: Procedure, step: Step
) -> ClaimFunding:
    """A claim has come to its allocation. Where money that is there belongs to claims before it,
    or none is there, it waits. Raises AlreadyGranted."""
    now, year = office.clock.now(), office.clock.today().year
    funding = session.get(ClaimFunding, case.id)
    if funding is not None and funding.state == FundingState.FUNDED:
        return funding
    if funding is None:
        funding = ClaimFunding(case_id=case.id, state=FundingState.WAITING, changed_at_utc=now)
        session.add(funding)
    funding.scheme = procedure.scheme
    funding.region = region_at(case.regions.get(step.of, case.region), step.at)
    funding.ask(fund_of(procedure), case.amount_fen, case.submitted_at_utc)
    if somebody_is_before(session, funding, year=year):
        funding.wait(now, FundsInOrder(case=case.id))
        return funding
    refused = fund_claims(session, office, [Claim(case, procedure, funding)])
    for error in refused.values():
        raise error
    return funding


def fund_claims(
    session: Session, office: CaseOffice, claims: Sequence[Claim]
) -> dict[str, AlreadyGranted]:
    """In the order given, each that its nearest budget covers. What may change (no budget, say)
    leaves a claim waiting with its reason; by case, those whose thing another has: they end."""
    lock_people(session, [claim.case.subject_ref for claim in claims])
    now, requests = office.clock.now(), _requests(session, office, claims)
    ready = [claim for claim in claims if claim.case.id in requests]
    budgets = _allot(session, office, ready)
    funded = [claim for claim in ready if claim.case.id in budgets]
    made, refused = reserve_entitlements(
        session,
        office.clock,
        [(requests[claim.case.id], budgets[claim.case.id]) for claim in funded],
    )
    _pay_for(session, office, made, {claim.case.id: claim for claim in funded})
    for claim in funded:
        if claim.case.id in refused:
            claim.funding.release(now)
        else:
            claim.funding.fund_it(now)
    return refused


def _requests(
    session: Session, office: CaseOffice, claims: Sequence[Claim]
) -> dict[str, EntitlementRequest]:
    """By case; who cannot be paid yet waits with the reason."""
    against = findings_against(session, [claim.case.id for claim in claims])
    numbers = [str(value) for claim in claims for value in claim.case.form.values()]
    known = session.scalars(  # held, so that each claim finds its own in the session
        select(KnownCertificate).where(KnownCertificate.certificate_no.in_(numbers))
    ).all()
    requests = {}
    for claim in claims:
        case = claim.case
        claim.funding.ask(fund_of(claim.procedure), case.amount_fen, case.submitted_at_utc)
        try:
            if case.id in against:
                raise refused_for(against[case.id])
            requests[case.id] = _request(session, office, claim)
        except DomainError as problem:
            claim.funding.wait(office.clock.now(), problem)
    del known
    revoked = revoked_among(session, [each.about for each in requests.values()])
    for claim in claims if revoked else ():
        request = requests.get(claim.case.id)
        if request is not None and (gone := revoked & {*request.about.values()}):
            claim.funding.wait(office.clock.now(), EvidenceTakenBack(number=min(gone)))
            del requests[claim.case.id]
    return requests


def _request(session: Session, office: CaseOffice, claim: Claim) -> EntitlementRequest:
    case, procedure = claim.case, claim.procedure
    ensure_payee(case, procedure)
    account_of(case, procedure)
    if not case.amount_fen:
        raise AmountUnknown(case=case.id)
    facts = {**case.form, **facts_of_claim(session, office, case, procedure, wanted=())}
    wanted = procedure.outcome.get("entitlement", {}).get("subject", ())
    subject = subject_of(facts, wanted, case.id)
    return EntitlementRequest(
        case_id=case.id,
        person_ref=case.subject_ref,
        scheme=procedure.scheme,
        subject=subject,
        about={name: facts[name] for name in ("occupation", "level", *EVIDENCE) if name in facts},
        fund=fund_of(procedure),
        region=claim.funding.region,
        amount_fen=case.amount_fen,
        applied_on=applied_on(office, case),
        keys=keys_of(procedure.scheme, _excluded(office, procedure), subject, evidence_of(facts)),
    )


def _allot(session: Session, office: CaseOffice, ready: Sequence[Claim]) -> dict[str, str]:
    year, now = office.clock.today().year, office.clock.now()
    needs = [claim.need(claim.case.amount_fen or 0) for claim in ready]
    budgets = allot_budgets(session, year, needs)
    short = [
        (claim, need) for claim, need in zip(ready, needs, strict=True) if need.key not in budgets
    ]
    if short:
        available = available_money(session, year, needs)
        for claim, need in short:
            claim.funding.wait(now, shortage(need, year, available))
    return budgets


def _pay_for(
    session: Session, office: CaseOffice, made: Sequence[Entitlement], claims: dict[str, Claim]
) -> None:
    postings = [
        Posting(Movement.RESERVE, each.id, each.budget_id, each.amount_fen) for each in made
    ]
    post(session, office.clock, SYSTEM, postings)
    plans = []
    for each in made:
        claim = claims[each.case_id]
        account = account_of(claim.case, claim.procedure)
        plans.append(Plan(each, claim.case.subject_name, account))
    hold_what_was_paid(session, office.clock, plan_payments(session, office.clock, plans))
    now = office.clock.now()
    audit.record_many(
        session,
        [
            Deed(
                now,
                SYSTEM,
                "claim_funded",
                each.case_id,
                {"budget_id": each.budget_id, "amount_fen": each.amount_fen},
            )
            for each in made
        ],
    )


def _excluded(office: CaseOffice, procedure: Procedure) -> set[str]:
    documents: list[tuple[str, Any]] = [
        (each.scheme, each.outcome.get("entitlement", {}).get("excludes", ()))
        for each in (*office.catalogue.all(), procedure)
    ]
    return excluded_schemes(procedure.scheme, documents)
