"""From a claim to its entitlement, its place in the budget and its payment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from services.subsidy.budgets import queries
from services.subsidy.budgets.rules import Account
from services.subsidy.claims.model import ClaimFunding
from services.subsidy.credentials.handlers import CredentialNotKnown
from services.subsidy.entitlements.model import Entitlement, EntitlementKeyRow
from shared.approvals import applications, corrections
from shared.approvals.errors import FindingNotMet
from shared.approvals.findings import CaseFinding
from shared.approvals.timeline import timeline
from shared.messaging.tables import OutboxRow
from tests.integration.subsidy.counter import ACCOUNT, Counter, person


def held(counter: Counter) -> dict[str, int]:
    with counter.sessions() as session:
        [position] = queries.positions(session)
        assert queries.differences(session) == []
        return {str(account): position[account] for account in Account}


def findings(counter: Counter, case_id: str) -> dict[str, bool | None]:
    with counter.sessions() as session:
        rows = session.scalars(select(CaseFinding).where(CaseFinding.case_id == case_id))
        return {row.rule: row.passed for row in rows}


def test_a_certificate_proposes_a_draft_that_its_holder_confirms_with_an_account(
    counter: Counter,
) -> None:
    [case_id] = counter.hear("S000042128100124400001", 1, 4, "6-18-02-04")
    draft = counter.case(case_id)
    assert (draft.status, draft.applicant_ref, draft.amount_fen) == (
        "draft",
        person(1).person_ref,
        150_000,
    )
    assert counter.hear("S000042128100124400001", 1, 4, "6-18-02-04") == []
    counter.act(applications.submit_draft, case_id, {"payee_account": ACCOUNT}, person(1))
    assert counter.case(case_id).status == "in_progress"
    with counter.sessions() as session:
        types = session.scalars(select(OutboxRow.content["type"].astext).order_by(OutboxRow.id))
        assert [each for each in types if each] == [
            "subsidy.claim_proposed.v1",
            "subsidy.case_submitted.v1",
        ]


def test_money_is_reserved_when_the_case_comes_to_its_allocation(counter: Counter) -> None:
    counter.grant(1_000_000)
    case_id = counter.claim(1)
    assert findings(counter, case_id) == {
        "certificate_is_valid": True,
        "insured_months_at_least": True,
        "not_granted_before": True,
    }
    assert held(counter)["reserved"] == 0
    counter.approve(case_id)
    assert held(counter)["reserved"] == 150_000
    [payment] = counter.payments(case_id)
    assert (payment.state, payment.amount_fen, payment.account) == ("planned", 150_000, ACCOUNT)


def test_an_exhausted_budget_leaves_the_case_waiting_until_it_is_supplemented(
    counter: Counter,
) -> None:
    counter.grant(200_000)
    counter.audited(1)
    waiting = counter.audited(2)
    with counter.sessions() as session:
        funding = session.get_one(ClaimFunding, waiting)
        assert (funding.state, funding.problem_code) == ("waiting", "budget_exhausted")
    assert counter.payments(waiting) == []
    assert counter.fund() == 1
    assert counter.payments(waiting) == []
    counter.grant(100_000, "追加")
    assert counter.fund() == 2
    assert len(counter.payments(waiting)) == 1
    assert held(counter)["available"] == 0


def test_a_second_claim_for_the_same_thing_is_told_by_a_finding(counter: Counter) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    second = counter.claim(1, counter.certificate(1, occupation="6-18-02-04"))
    assert findings(counter, second)["not_granted_before"] is False


def test_of_two_claims_at_once_for_one_thing_the_second_is_refused_with_the_first_ones_number(
    counter: Counter,
) -> None:
    counter.grant(1_000_000)
    certificate = counter.certificate(1)
    first, second = counter.claim(1, certificate), counter.claim(1, certificate)

    with counter.sessions.begin() as session:
        session.execute(
            CaseFinding.__table__.update().where(CaseFinding.case_id == second).values(passed=True)
        )
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(counter.approve, (first, second)))
    cases = {each.id: each for each in (counter.case(first), counter.case(second))}
    assert sorted(str(each.status) for each in cases.values()) == ["in_progress", "refused"]
    [refused] = [each for each in cases.values() if each.status == "refused"]
    [kept] = [each for each in cases.values() if each.status == "in_progress"]
    assert kept.id in (refused.outcome_reason or "")
    assert held(counter)["reserved"] == 150_000


def test_a_withdrawn_case_gives_back_what_it_held(counter: Counter) -> None:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    counter.act(corrections.withdraw_case, case_id, "不再申请", person(1))
    assert held(counter)["reserved"] == 0
    [payment] = counter.payments(case_id)
    assert payment.state == "cancelled"
    with counter.sessions() as session:
        [entitlement] = session.scalars(select(Entitlement))
        assert entitlement.state == "released"
        assert session.scalar(select(func.count()).select_from(EntitlementKeyRow)) == 0
    again = counter.audited(1)
    assert len(counter.payments(again)) == 1


def test_a_silent_registry_leaves_the_findings_unknown(counter: Counter) -> None:
    counter.registry.silent = True
    case_id = counter.claim(1)
    assert findings(counter, case_id)["insured_months_at_least"] is None


def test_a_certificate_that_is_taken_back_bars_the_claims_that_rest_on_it(
    counter: Counter,
) -> None:
    counter.grant(1_000_000)
    certificate_no = counter.certificate(1)
    draft = counter.hear("S000042128100124300002", 1, 3, "6-18-02-04")[0]
    case_id = counter.claim(1, certificate_no)
    other = counter.claim(2)
    before = counter.case(case_id).version
    for _ in range(2):  # a second delivery changes nothing
        counter.hear_revocation(certificate_no, 1)
    assert findings(counter, case_id)["certificate_is_valid"] is False
    assert findings(counter, draft)["certificate_is_valid"] is True
    assert findings(counter, other)["certificate_is_valid"] is True
    assert counter.case(case_id).version > before
    with counter.sessions() as session:
        told = [each.action for each in timeline(session, counter.office, case_id)]
        assert "credential_taken_back" in told
        waiting = session.scalars(select(OutboxRow).where(OutboxRow.case_id == case_id)).all()
        assert waiting[-1].kind == "signal"
    with pytest.raises(FindingNotMet):
        counter.approve(case_id)
    assert counter.payments(case_id) == []


def test_a_later_claim_for_a_certificate_that_was_taken_back_is_told_so(counter: Counter) -> None:
    certificate_no = counter.certificate(1)
    counter.hear_revocation(certificate_no, 1)
    assert findings(counter, counter.claim(1, certificate_no))["certificate_is_valid"] is False


def test_the_revocation_of_a_certificate_that_nobody_told_of_is_not_passed_over(
    counter: Counter,
) -> None:
    with pytest.raises(CredentialNotKnown):
        counter.hear_revocation("S000042128100124499999", 1)
