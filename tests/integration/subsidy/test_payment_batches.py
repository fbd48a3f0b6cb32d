"""Batches through three pairs of hands, reports back, repairs; and two of each at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from services.subsidy.allocations.handlers import AllocateBatch, allocate_batch
from services.subsidy.batches.choosing import MakeBatch
from services.subsidy.batches.errors import (
    BatchStateConflict,
    CasesNotPayable,
    DocumentNumberRequired,
    NothingToPay,
    ReturnReasonRequired,
    SameHands,
)
from services.subsidy.batches.handlers import decide_batch, make_batch
from services.subsidy.budgets import queries
from services.subsidy.budgets.rules import Account
from services.subsidy.claims.handlers import release_claim
from services.subsidy.entitlements.errors import EntitlementInUse
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.regions import OutsideRegion
from services.subsidy.repairs.errors import NotThePayee, OwnRepair
from services.subsidy.repairs.handlers import decide_repair, propose_repair
from services.subsidy.reports.lines import StatusReport
from shared.approvals.errors import DecidedAnotherStep, OwnCase
from shared.approvals.model import Case
from shared.kernel.actor import Actor, Membership
from shared.kernel.errors import DomainError
from shared.messaging.tables import OutboxRow
from tests.integration.subsidy.counter import (
    APPROVER,
    AUDITOR,
    BUREAU,
    MAKER,
    OTHER_ACCOUNT,
    REGION,
    Counter,
    officer,
    person,
)

AT = datetime(2024, 3, 5, 8, tzinfo=UTC)


def held(counter: Counter) -> dict[str, int]:
    with counter.sessions() as session:
        [position] = queries.positions(session)
        assert queries.differences(session) == []
        assert queries.unbalanced_transactions(session) == []
        return {str(account): position[account] for account in Account}


def events(counter: Counter, kind: str) -> list[dict[str, Any]]:
    with counter.sessions() as session:
        rows = session.scalars(select(OutboxRow.content).order_by(OutboxRow.id))
        return [each["data"] for each in rows if each and each.get("type") == kind]


def line(payment: Payment, status: str, **more: Any) -> StatusReport:
    return StatusReport(
        payment.end_to_end_id, PaymentState(status), more.get("reason"), AT, more.get("id")
    )


@pytest.fixture
def ready(counter: Counter) -> Counter:
    counter.grant(100_000_000)
    return counter


def test_a_batch_goes_through_three_hands_and_is_instructed_at_once(ready: Counter) -> None:
    cases = [ready.audited(number) for number in (1, 2, 3)]
    batch_id = ready.allocated()
    assert held(ready)["committed"] == 450_000
    told = events(ready, "subsidy.payment_instructed.v1")
    assert [each["case_id"] for each in told] == cases
    assert {each["batch_id"] for each in told} == {batch_id}
    for case_id in cases:
        ready.advance(case_id)
        assert ready.case(case_id).status == "approved"
    granted = events(ready, "subsidy.entitlement_granted.v1")
    assert [each["amount_fen"] for each in granted] == [150_000] * 3


def test_no_two_of_the_hands_are_one_person(ready: Counter) -> None:
    ready.audited(1)
    both = Actor(
        MAKER.person_ref,
        MAKER.name,
        (*MAKER.memberships, *APPROVER.memberships, *BUREAU.memberships),
    )
    batch_id = ready.made()
    with pytest.raises(SameHands), ready.sessions.begin() as session:
        decide_batch(session, ready.office, batch_id, approved=True, reason="", by=both)
    with ready.sessions.begin() as session:
        decide_batch(session, ready.office, batch_id, approved=True, reason="", by=APPROVER)
    with pytest.raises(SameHands):
        ready.act(allocate_batch, AllocateBatch(batch_id, True, "文"), both)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (
            Actor(
                person(1).person_ref,
                "x",
                (Membership("bureau.payment_maker", None, "county", REGION),),
            ),
            OwnCase,
        ),
        (
            Actor(
                AUDITOR.person_ref,
                "x",
                (Membership("bureau.payment_maker", None, "county", REGION),),
            ),
            DecidedAnotherStep,
        ),
        (officer("别处", "bureau.payment_maker", "420303"), OutsideRegion),
    ],
)
def test_nobody_makes_a_batch_of_their_own_case_or_one_that_they_decided_or_elsewhere(
    ready: Counter, who: Actor, refusal: type[DomainError]
) -> None:
    ready.audited(1)
    with pytest.raises(refusal), ready.sessions.begin() as session:
        make_batch(session, ready.office, MakeBatch(region=REGION), who)


def test_a_batch_that_was_sent_back_frees_its_payments(ready: Counter) -> None:
    case_id = ready.audited(1)
    batch_id = ready.approved()
    with pytest.raises(ReturnReasonRequired):
        ready.act(allocate_batch, AllocateBatch(batch_id, False), BUREAU)
    ready.act(allocate_batch, AllocateBatch(batch_id, False, reason="附件不全"), BUREAU)
    assert held(ready)["reserved"] == 150_000
    with pytest.raises(BatchStateConflict):
        ready.act(allocate_batch, AllocateBatch(batch_id, True, "文"), BUREAU)
    again = ready.allocated(case_ids=[case_id])
    assert again != batch_id
    assert len(events(ready, "subsidy.payment_instructed.v1")) == 1


def test_an_allocation_needs_its_document_and_happens_once(ready: Counter) -> None:
    ready.audited(1)
    batch_id = ready.approved()
    with pytest.raises(DocumentNumberRequired):
        ready.act(allocate_batch, AllocateBatch(batch_id, True), BUREAU)

    def attempt(_: int) -> bool:
        try:
            ready.act(allocate_batch, AllocateBatch(batch_id, True, "文"), BUREAU)
        except (BatchStateConflict, SameHands):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    assert len(events(ready, "subsidy.payment_instructed.v1")) == 1
    assert held(ready)["committed"] == 150_000


def test_two_batches_at_once_never_share_a_payment(ready: Counter) -> None:
    cases = [ready.audited(number) for number in range(1, 7)]

    def by_region(_: int) -> int:
        try:
            with ready.sessions.begin() as session:
                command = MakeBatch(region=REGION, limit=4)
                return make_batch(session, ready.office, command, MAKER).payments_count
        except NothingToPay:
            return 0

    def by_case(_: int) -> int:
        try:
            with ready.sessions.begin() as session:
                command = MakeBatch(case_ids=cases)
                return make_batch(session, ready.office, command, MAKER).payments_count
        except CasesNotPayable:
            return 0

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda each: each(0), [by_region, by_case, by_region, by_case]))
    assert sum(counts) <= 6
    with ready.sessions() as session:
        shared = session.scalar(
            select(func.count()).select_from(Payment).where(Payment.batch_id.is_not(None))
        )
    assert shared == sum(counts)


def statements(counter: Counter, work: Callable[[], Any]) -> int:
    with counter.sessions() as session:
        engine = session.get_bind()
    assert isinstance(engine, Engine)
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_larger_batch_takes_no_more_statements(ready: Counter) -> None:
    def measured(numbers: range) -> list[int]:
        for number in numbers:
            ready.audited(number)
        made: list[str] = []
        making = statements(ready, lambda: made.append(ready.made()))
        with ready.sessions.begin() as session:
            decide_batch(session, ready.office, made[0], approved=True, reason="", by=APPROVER)
        allocating = statements(
            ready,
            lambda: ready.act(allocate_batch, AllocateBatch(made[0], True, "文"), BUREAU),
        )
        with ready.sessions() as session:
            paid = session.scalars(select(Payment).where(Payment.batch_id == made[0])).all()
        reporting = statements(
            ready, lambda: ready.report(made[0], *(line(each, "settled") for each in paid))
        )
        return [making, allocating, reporting]

    few, many = measured(range(2)), measured(range(10, 30))
    assert few == many
    assert max(many) <= 26


def test_reports_move_the_money_and_a_repetition_does_not(ready: Counter) -> None:
    case_ids = [ready.audited(number) for number in range(1, 5)]
    batch_id = ready.allocated()
    one, two, three, four = (ready.payments(case_id)[0] for case_id in case_ids)
    sent = [
        line(one, "settled"),
        line(two, "rejected", reason="AC04"),
        line(three, "unknown"),
        line(four, "returned", reason="AC06"),
    ]
    assert [each.outcome for each in ready.report(batch_id, *sent)] == ["applied"] * 4
    assert held(ready) == {
        "appropriation": -100_000_000,
        "available": 99_400_000,
        "reserved": 300_000,
        "committed": 150_000,
        "disbursed": 150_000,
    }
    assert [each.outcome for each in ready.report(batch_id, *sent)] == ["repeated"] * 4
    later = ready.report(batch_id, line(three, "settled"), line(one, "rejected"))
    assert [each.outcome for each in later] == ["applied", "contradicts"]
    assert later[1].error is not None
    assert later[1].error.code == "report_speaks_against_payment"
    assert held(ready)["disbursed"] == 300_000
    assert len(events(ready, "subsidy.payment_settled.v1")) == 3
    assert [each["reason_code"] for each in events(ready, "subsidy.payment_rejected.v1")] == [
        "AC04"
    ]


def test_a_line_about_no_payment_of_the_batch_is_refused_by_its_row(ready: Counter) -> None:
    case_id = ready.audited(1)
    batch_id = ready.allocated()
    [payment] = ready.payments(case_id)
    stranger = StatusReport("P0", PaymentState.SETTLED, None, AT)
    results = ready.report(batch_id, stranger, line(payment, "settled"))
    assert [(each.row, each.outcome) for each in results] == [(1, "refused"), (2, "applied")]


def test_the_same_report_from_two_sides_at_once_is_applied_once(ready: Counter) -> None:
    case_id = ready.audited(1)
    batch_id = ready.allocated()
    [payment] = ready.payments(case_id)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ready.report(batch_id, line(payment, "settled")), range(4)))
    assert held(ready)["disbursed"] == 150_000
    assert len(events(ready, "subsidy.payment_settled.v1")) == 1


def test_a_repaired_account_is_paid_by_another_payment_under_the_same_entitlement(
    ready: Counter,
) -> None:
    case_id = ready.audited(1)
    batch_id = ready.allocated()
    ready.advance(case_id)
    [failed] = ready.payments(case_id)
    ready.report(batch_id, line(failed, "rejected", reason="AC01"))

    with pytest.raises(NotThePayee), ready.sessions.begin() as session:
        propose_repair(session, ready.office, failed.id, OTHER_ACCOUNT, person(2))
    with ready.sessions.begin() as session:
        propose_repair(session, ready.office, failed.id, OTHER_ACCOUNT, person(1))
    own = Actor(person(1).person_ref, "x", AUDITOR.memberships)
    with pytest.raises(OwnRepair), ready.sessions.begin() as session:
        decide_repair(session, ready.office, failed.id, confirmed=True, reason="", by=own)
    with ready.sessions.begin() as session:
        decide_repair(session, ready.office, failed.id, confirmed=True, reason="", by=AUDITOR)

    second = ready.allocated()
    first, replacement = ready.payments(case_id)
    assert (replacement.replaces, replacement.account) == (first.id, OTHER_ACCOUNT)
    assert replacement.entitlement_id == first.entitlement_id
    assert [each["replaces"] for each in events(ready, "subsidy.payment_instructed.v1")] == [
        None,
        first.id,
    ]
    ready.report(second, line(replacement, "settled"))
    assert held(ready)["disbursed"] == 150_000
    assert held(ready)["reserved"] == 0


def test_two_confirmations_at_once_make_one_replacement(ready: Counter) -> None:
    case_id = ready.audited(1)
    batch_id = ready.allocated()
    [failed] = ready.payments(case_id)
    ready.report(batch_id, line(failed, "rejected"))
    with ready.sessions.begin() as session:
        propose_repair(session, ready.office, failed.id, OTHER_ACCOUNT, person(1))

    def confirm(_: int) -> bool:
        try:
            with ready.sessions.begin() as session:
                decide_repair(
                    session, ready.office, failed.id, confirmed=True, reason="", by=AUDITOR
                )
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(confirm, range(4))) == 1
    assert len(ready.payments(case_id)) == 2


def test_what_was_instructed_cannot_be_released(ready: Counter) -> None:
    case_id = ready.audited(1)
    ready.allocated()
    with pytest.raises(EntitlementInUse):
        ready.act(release_claim, case_id, "误办", AUDITOR)


def test_every_outbox_row_of_a_batch_comes_with_a_new_version_of_its_case(ready: Counter) -> None:
    case_id = ready.audited(1)
    batch_id = ready.approved()
    before = ready.case(case_id).version
    ready.act(allocate_batch, AllocateBatch(batch_id, True, "文"), BUREAU)
    allocated = ready.case(case_id).version
    ready.report(batch_id, line(ready.payments(case_id)[0], "settled"))
    with ready.sessions() as session:
        reported = session.get_one(Case, case_id).version
    assert before < allocated < reported
