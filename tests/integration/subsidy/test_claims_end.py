"""A claim and its money end together: what was released is paid by nobody, and passes once anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from services.subsidy.budgets import queries
from services.subsidy.budgets.rules import Account
from services.subsidy.claims.handlers import end_claim
from services.subsidy.claims.model import ClaimFunding
from services.subsidy.entitlements.errors import EntitlementInUse, EntitlementNotOpen
from services.subsidy.entitlements.model import Entitlement
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.repairs.errors import RepairNotOpen
from services.subsidy.repairs.handlers import decide_repair, propose_repair
from services.subsidy.repairs.model import PaymentRepair
from services.subsidy.reports.handlers import StatusReport
from shared.approvals.loading import locked_case
from shared.approvals.model import CaseFinding
from shared.messaging.tables import OutboxRow
from tests.integration.subsidy.counter import OTHER_ACCOUNT, Counter, officer, person

LEADER = officer("负责人", "bureau.leader")
CONFIRMER = officer("确认", "bureau.officer")


def held(counter: Counter) -> dict[str, int]:
    with counter.sessions() as session:
        [position] = queries.positions(session)
        return {str(account): position[account] for account in Account}


def end(counter: Counter, case_id: str, reason: str = "误办") -> None:
    with counter.sessions.begin() as session:
        end_claim(session, counter.office, locked_case(session, case_id), reason, LEADER)


def reported(counter: Counter, batch_id: str, status: str, *payments: Payment) -> None:
    at = datetime(2024, 3, 5, tzinfo=UTC)
    counter.report(
        batch_id,
        *(StatusReport(each.end_to_end_id, PaymentState(status), "AC04", at) for each in payments),
    )


def failed_payment(counter: Counter, number: int = 1, status: str = "rejected") -> Payment:
    case_id = counter.audited(number)
    batch_id = counter.allocated()
    counter.advance(case_id)
    [payment] = counter.payments(case_id)
    if status == "returned":
        reported(counter, batch_id, "settled", payment)
    reported(counter, batch_id, status, payment)
    return payment


def propose(counter: Counter, payment: Payment) -> None:
    counter.act(propose_repair, payment.id, OTHER_ACCOUNT, person(1))


def confirm(counter: Counter, payment: Payment) -> None:
    counter.act(decide_repair, payment.id, confirmed=True, reason="", by=CONFIRMER)


@pytest.mark.parametrize("status", ["rejected", "returned"])
def test_a_released_payment_is_not_repaired(counter: Counter, status: str) -> None:
    counter.grant(1_000_000)
    other = counter.audited(2)  # its reserve is nobody else's
    payment = failed_payment(counter, 1, status)
    end(counter, payment.case_id)
    with pytest.raises(EntitlementNotOpen):
        propose(counter, payment)
    assert counter.case(payment.case_id).status == "approved"
    after = held(counter)
    assert (after["reserved"], after["committed"], after["disbursed"]) == (0, 150_000, 0)
    assert after["available"] == 850_000
    assert counter.payments(other)[0].state == "instructed"


def test_a_repair_that_waits_ends_with_its_entitlement(counter: Counter) -> None:
    counter.grant(1_000_000)
    payment = failed_payment(counter)
    propose(counter, payment)
    end(counter, payment.case_id)
    with counter.sessions() as session:
        [repair] = session.scalars(select(PaymentRepair))
        assert (repair.state, repair.reason) == ("lapsed", "误办")
    with pytest.raises(RepairNotOpen):
        confirm(counter, payment)
    assert len(counter.payments(payment.case_id)) == 1


def test_a_confirmed_repair_is_released_only_before_it_is_sent(counter: Counter) -> None:
    counter.grant(1_000_000)
    payment = failed_payment(counter)
    propose(counter, payment)
    confirm(counter, payment)
    end(counter, payment.case_id)
    assert [each.state for each in counter.payments(payment.case_id)] == ["rejected", "cancelled"]
    assert held(counter)["reserved"] == 0
    assert held(counter)["available"] == 1_000_000


@pytest.mark.parametrize("status", [None, "unknown", "settled"])
def test_nothing_is_released_while_money_is_on_its_way(
    counter: Counter, status: str | None
) -> None:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    batch_id = counter.allocated()
    if status is not None:
        reported(counter, batch_id, status, *counter.payments(case_id))
    with pytest.raises(EntitlementInUse):
        end(counter, case_id)


def test_a_claim_made_anew_after_the_release_is_paid_once(counter: Counter) -> None:
    counter.grant(1_000_000)
    certificate_no = counter.certificate(1)
    first = counter.audited(1, certificate_no)
    batch_id = counter.allocated()
    counter.advance(first)
    reported(counter, batch_id, "rejected", *counter.payments(first))
    end(counter, first)
    again = counter.audited(1, certificate_no, OTHER_ACCOUNT)
    counter.allocated()
    counter.advance(again)
    assert counter.case(again).status == "approved"
    assert held(counter)["committed"] == 150_000
    with pytest.raises(EntitlementNotOpen):
        propose(counter, counter.payments(first)[0])


def test_the_database_plans_nothing_for_a_released_entitlement(counter: Counter) -> None:
    counter.grant(1_000_000)
    payment = failed_payment(counter)
    end(counter, payment.case_id)
    with pytest.raises(IntegrityError), counter.sessions.begin() as session:
        session.execute(
            text("UPDATE payments SET state = 'instructed' WHERE id = :id"), {"id": payment.id}
        )


def test_a_case_ends_with_its_planned_claim_and_a_new_one_passes(counter: Counter) -> None:
    counter.grant(1_000_000)
    certificate_no = counter.certificate(1)
    case_id = counter.audited(1, certificate_no)
    end(counter, case_id, "重复申报")
    ended = counter.case(case_id)
    assert (ended.status, ended.outcome_reason) == ("refused", "重复申报")
    assert counter.advance(case_id).closed
    with counter.sessions() as session:
        closed = session.scalar(
            select(func.count())
            .select_from(OutboxRow)
            .where(OutboxRow.content["type"].astext == "subsidy.case_closed.v1")
        )
        assert closed == 1
        assert session.scalars(select(Entitlement.state)).all() == ["released"]
    assert held(counter)["available"] == 1_000_000
    again = counter.audited(1, certificate_no)
    counter.allocated()
    counter.advance(again)
    assert counter.case(again).status == "approved"


def test_a_claim_that_waits_for_a_budget_can_be_ended(counter: Counter) -> None:
    case_id = counter.audited(1)  # there is none
    end(counter, case_id)
    assert counter.case(case_id).status == "refused"
    with counter.sessions() as session:
        assert session.get_one(ClaimFunding, case_id).state == "released"


def test_of_two_claims_that_waited_for_one_thing_the_second_ends(counter: Counter) -> None:
    certificate_no = counter.certificate(1)
    first = counter.audited(1, certificate_no)  # no budget yet
    second = counter.claim(1, certificate_no)
    with counter.sessions.begin() as session:  # both had been judged at once
        session.execute(update(CaseFinding).values(passed=True))
    counter.approve(second)
    counter.grant(1_000_000)
    counter.fund()
    ended = counter.case(second)
    assert ended.status == "refused" and first in str(ended.outcome_reason)
    assert counter.advance(second).closed
    assert counter.payments(first)[0].state == "planned" and counter.payments(second) == []
