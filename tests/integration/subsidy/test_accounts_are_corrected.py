"""A wrong account that is known before anything was sent is corrected: the payee gives another, an
officer confirms it, and meanwhile nothing is paid to the old one."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from services.subsidy.batches.errors import CasesNotPayable
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.batches.queries import shared_accounts
from services.subsidy.claims.handlers import release_claim
from services.subsidy.contradictions.errors import PaymentHeld
from services.subsidy.payments.errors import NothingToRepair
from services.subsidy.payments.model import Payment
from services.subsidy.regions import OutsideRegion
from services.subsidy.repairs.errors import (
    NothingWaits,
    NotThePayee,
    OwnRepair,
    RepairNotOpen,
    SameAccount,
)
from services.subsidy.repairs.handlers import (
    decide_correction,
    decide_repair,
    propose_correction,
    propose_repair,
)
from shared.approvals.model import Case
from shared.kernel.actor import Actor
from tests.integration.subsidy.counter import ACCOUNT, OTHER_ACCOUNT, Counter, officer, person

CONFIRMER = officer("确认人", "bureau.officer")


def planned(counter: Counter, number: int = 1) -> Payment:
    [payment] = counter.payments(counter.audited(number))
    return payment


def propose(counter: Counter, payment: Payment, account: str = OTHER_ACCOUNT) -> None:
    counter.act(propose_repair, payment.id, account, person(1))


def decide(counter: Counter, payment: Payment, *, confirmed: bool = True, by: Actor = CONFIRMER):
    counter.act(decide_repair, payment.id, confirmed=confirmed, reason="账户非本人", by=by)


def account_of(counter: Counter, case_id: str) -> str:
    [payment] = counter.payments(case_id)
    return payment.account


def test_a_planned_payment_goes_to_the_corrected_account(counter: Counter) -> None:
    counter.grant(1_000_000)
    payment = planned(counter)
    propose(counter, payment)
    with pytest.raises(CasesNotPayable):
        counter.made()
    decide(counter, payment)
    assert account_of(counter, payment.case_id) == OTHER_ACCOUNT
    batch_id = counter.allocated()
    [sent] = counter.payments(payment.case_id)
    assert (sent.id, sent.batch_id, sent.state) == (payment.id, batch_id, "instructed")


def test_a_payment_whose_account_is_being_changed_leaves_its_batch(counter: Counter) -> None:
    counter.grant(1_000_000)
    payment, _ = planned(counter), planned(counter, 2)
    batch_id = counter.approved()
    propose(counter, payment)
    assert counter.payments(payment.case_id)[0].batch_id is None
    counter.allocate(batch_id)
    decide(counter, payment, confirmed=False)
    assert account_of(counter, payment.case_id) == ACCOUNT
    counter.allocated()


def test_what_was_sent_is_not_corrected(counter: Counter) -> None:
    counter.grant(1_000_000)
    payment = planned(counter)
    counter.allocated()
    with pytest.raises(NothingToRepair):
        propose(counter, payment)


def test_only_the_payee_gives_an_account_and_another_confirms_it_once(counter: Counter) -> None:
    counter.grant(1_000_000)
    payment = planned(counter)
    with pytest.raises(NotThePayee):
        counter.act(propose_repair, payment.id, OTHER_ACCOUNT, person(2))
    with pytest.raises(SameAccount):
        propose(counter, payment, ACCOUNT)
    propose(counter, payment)
    with pytest.raises(IntegrityError, match="uq_payment_repairs_open_of_case"):
        propose(counter, payment)
    with pytest.raises(OwnRepair):
        own = Actor(person(1).person_ref, "x", CONFIRMER.memberships)
        decide(counter, payment, by=own)
    with pytest.raises(OutsideRegion):
        decide(counter, payment, by=officer("别处", "bureau.officer", "420303"))
    decide(counter, payment)
    with pytest.raises(RepairNotOpen):
        decide(counter, payment)


def test_a_claim_that_waits_for_its_money_is_paid_to_the_corrected_account(
    counter: Counter,
) -> None:
    case_id = counter.claim(1)
    counter.approve(case_id)
    with pytest.raises(NotThePayee):
        counter.act(propose_correction, case_id, OTHER_ACCOUNT, person(2))
    counter.act(propose_correction, case_id, OTHER_ACCOUNT, person(1))
    counter.grant(1_000_000)
    counter.fund()
    with pytest.raises(CasesNotPayable) as refused:
        counter.made()
    assert isinstance(refused.value.errors[0], PaymentHeld)
    counter.act(decide_correction, case_id, confirmed=True, reason="", by=CONFIRMER)
    assert account_of(counter, case_id) == OTHER_ACCOUNT
    with pytest.raises(NothingWaits):
        counter.act(propose_correction, case_id, ACCOUNT, person(1))
    counter.allocated()


def test_a_correction_ends_with_its_claim(counter: Counter) -> None:
    case_id = counter.claim(1)
    counter.approve(case_id)
    counter.act(propose_correction, case_id, OTHER_ACCOUNT, person(1))
    counter.act(release_claim, case_id, "误办")
    with pytest.raises(RepairNotOpen):
        counter.act(decide_correction, case_id, confirmed=True, reason="", by=CONFIRMER)


def test_two_people_with_one_account_are_told_to_who_makes_the_batch(counter: Counter) -> None:
    counter.grant(1_000_000)
    cases = [counter.audited(1), counter.audited(2)]
    other = counter.audited(3)
    with counter.sessions.begin() as session:
        session.get_one(Payment, counter.payments(other)[0].id).account = OTHER_ACCOUNT
    batch_id = counter.made()
    with counter.sessions() as session:
        batch = session.get_one(PaymentBatch, batch_id)
        assert shared_accounts(session, batch) == [cases]


def test_a_claim_without_an_account_has_its_money_once_one_is_given(counter: Counter) -> None:
    case_id = counter.claim(1)
    with counter.sessions.begin() as session:  # as a release before this one let it in
        case = session.get_one(Case, case_id)
        case.personal = {k: v for k, v in (case.personal or {}).items() if k != "payee_account"}
        case.form = {k: v for k, v in case.form.items() if k != "payee_account"}
    counter.grant(1_000_000)
    counter.approve(case_id)
    assert counter.payments(case_id) == []
    counter.act(propose_correction, case_id, OTHER_ACCOUNT, person(1))
    counter.act(decide_correction, case_id, confirmed=True, reason="", by=CONFIRMER)
    counter.fund()
    assert account_of(counter, case_id) == OTHER_ACCOUNT
