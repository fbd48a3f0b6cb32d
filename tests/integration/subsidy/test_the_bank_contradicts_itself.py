"""What the bank says against what it said before: every line is kept and shown, a payment that
would pay again is held, and what may have gone twice is raised to people."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from services.subsidy.batches.errors import CasesNotPayable
from services.subsidy.claims.handlers import end_claim, release_claim
from services.subsidy.contradictions.errors import PaymentHeld
from services.subsidy.contradictions.handlers import open_contradictions
from services.subsidy.contradictions.settling import settle_contradiction
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.repairs.handlers import decide_repair, propose_repair
from services.subsidy.reports.lines import StatusReport
from services.subsidy.reports.model import PaymentReport
from shared.approvals import applications
from shared.approvals.applications import OpenCase
from shared.approvals.loading import locked_case
from tests.integration.subsidy.counter import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    SCHEME,
    Counter,
    officer,
    person,
)

AT = datetime(2024, 3, 4, 9, tzinfo=UTC)
CONFIRMER = officer("确认人", "bureau.officer")
LEADER = officer("负责人", "bureau.leader")


@pytest.fixture
def ready(counter: Counter) -> Counter:
    counter.grant(1_000_000)
    return counter


def line(payment: Payment, status: str, report_id: str | None = None, **more: Any) -> StatusReport:
    at = AT + timedelta(minutes=more.pop("later", 0))
    return StatusReport(
        payment.end_to_end_id, PaymentState(status), None, at, report_id=report_id, **more
    )


def sent(counter: Counter, number: int = 1) -> tuple[str, Payment]:
    case_id = counter.audited(number)
    batch_id = counter.allocated(case_ids=[case_id])
    return batch_id, counter.payments(case_id)[-1]


def outcomes(counter: Counter, batch_id: str, *reports: StatusReport) -> list[str]:
    return [each.outcome for each in counter.report(batch_id, *reports)]


def repaired(counter: Counter, payment: Payment) -> Payment:
    counter.act(propose_repair, payment.id, OTHER_ACCOUNT, person(1))
    counter.act(decide_repair, payment.id, confirmed=True, reason="", by=CONFIRMER)
    return counter.payments(payment.case_id)[-1]


def against(counter: Counter, payment: Payment) -> list[tuple[str, str]]:
    with counter.sessions() as session:
        return [
            (each.code, each.consequence) for each in open_contradictions(session, [payment.id])
        ]


def test_a_replacement_is_held_when_the_first_one_was_paid_after_all(ready: Counter) -> None:
    batch_id, first = sent(ready)
    outcomes(ready, batch_id, line(first, "rejected"))
    replacement = repaired(ready, first)
    assert outcomes(ready, batch_id, line(first, "settled", later=5)) == ["contradicts"]
    assert against(ready, replacement) == [("settled_after_rejected", "hold")]
    with pytest.raises(CasesNotPayable):
        ready.made()
    assert ready.payments(first.case_id)[0].state == "rejected"


def test_a_replacement_leaves_the_batch_that_would_have_paid_it(ready: Counter) -> None:
    batch_id, first = sent(ready)
    outcomes(ready, batch_id, line(first, "rejected"))
    replacement = repaired(ready, first)
    ready.approved(case_ids=[first.case_id])
    outcomes(ready, batch_id, line(first, "settled", later=5))
    assert ready.payments(first.case_id)[-1].batch_id is None
    assert against(ready, replacement) == [("settled_after_rejected", "hold")]


def test_money_that_may_have_gone_twice_is_raised_to_people(ready: Counter) -> None:
    batch_id, first = sent(ready)
    outcomes(ready, batch_id, line(first, "rejected"))
    replacement = repaired(ready, first)
    ready.allocated(case_ids=[first.case_id])
    outcomes(ready, batch_id, line(first, "settled", later=5))
    assert against(ready, replacement) == [("settled_after_rejected", "recover")]


@pytest.mark.parametrize("proposed", [False, True])
def test_a_failed_payment_is_not_repaired_before_somebody_has_looked(
    ready: Counter, proposed: bool
) -> None:
    batch_id, first = sent(ready)
    outcomes(ready, batch_id, line(first, "rejected"))
    if proposed:
        ready.act(propose_repair, first.id, OTHER_ACCOUNT, person(1))
    outcomes(ready, batch_id, line(first, "settled", later=5))
    with pytest.raises(PaymentHeld):
        repaired(ready, first) if not proposed else ready.act(
            decide_repair, first.id, confirmed=True, reason="", by=CONFIRMER
        )
    with ready.sessions() as session:
        [open_one] = open_contradictions(session, [first.id])
    ready.act(settle_contradiction, open_one.id, "银行书面更正：未付", LEADER)
    if not proposed:
        repaired(ready, first)


def test_what_was_paid_after_its_release_holds_the_new_claim_for_the_same_thing(
    ready: Counter,
) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.claim(1, certificate_no)
    ready.approve(case_id)
    batch_id = ready.allocated()
    [first] = ready.payments(case_id)
    outcomes(ready, batch_id, line(first, "rejected"))
    ready.advance(case_id)
    ready.act(release_claim, case_id, "误办")
    again = ready.claim(1, certificate_no)
    ready.approve(again)
    [planned] = ready.payments(again)
    outcomes(ready, batch_id, line(first, "settled", later=5))
    assert against(ready, planned) == [("settled_after_rejected", "hold")]


def ended(counter: Counter, case_id: str) -> None:
    with counter.sessions.begin() as session:
        end_claim(session, counter.office, locked_case(session, case_id), "误办", LEADER)


def claimed_again(counter: Counter, certificate_no: str) -> Payment:
    """A new claim for the same thing, after the first one was ended."""
    case_id = counter.audited(1, certificate_no)
    return counter.payments(case_id)[-1]


def test_a_claim_that_comes_after_the_bank_paid_what_was_released_is_held(ready: Counter) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    batch_id = ready.allocated()
    ready.advance(case_id)
    [first] = ready.payments(case_id)
    outcomes(ready, batch_id, line(first, "rejected"), line(first, "settled", later=5))
    ended(ready, case_id)
    again = claimed_again(ready, certificate_no)
    assert against(ready, again) == [("settled_after_rejected", "hold")]
    with pytest.raises(CasesNotPayable):
        ready.made(case_ids=[again.case_id])


def test_what_the_bank_paid_is_remembered_though_its_replacement_ends(ready: Counter) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    batch_id = ready.allocated()
    ready.advance(case_id)
    [first] = ready.payments(case_id)
    outcomes(ready, batch_id, line(first, "rejected"))
    repaired(ready, first)
    outcomes(ready, batch_id, line(first, "settled", later=5))
    ended(ready, case_id)  # the replacement is not paid
    again = claimed_again(ready, certificate_no)
    assert against(ready, again) == [("settled_after_rejected", "hold")]


def test_a_claim_under_review_while_the_bank_paid_what_was_released_is_held(
    ready: Counter,
) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    batch_id = ready.allocated()
    ready.advance(case_id)
    [first] = ready.payments(case_id)
    outcomes(ready, batch_id, line(first, "rejected"))
    ended(ready, case_id)
    again = ready.claim(1, certificate_no)
    outcomes(ready, batch_id, line(first, "settled", later=5))
    ready.approve(again)
    [planned] = ready.payments(again)
    assert against(ready, planned) == [("settled_after_rejected", "hold")]


def test_a_plan_and_a_word_of_the_bank_at_once_end_in_a_hold(ready: Counter) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    batch_id = ready.allocated()
    ready.advance(case_id)
    [first] = ready.payments(case_id)
    outcomes(ready, batch_id, line(first, "rejected"))
    ended(ready, case_id)
    again = ready.claim(1, certificate_no)
    begun = threading.Barrier(2)

    def together(work: Callable[[], object]) -> None:
        begun.wait()
        work()

    with ThreadPoolExecutor(2) as threads:
        works = (
            lambda: ready.approve(again),
            lambda: ready.report(batch_id, line(first, "settled", later=5)),
        )
        list(threads.map(together, works))
    [planned] = ready.payments(again)
    assert against(ready, planned) == [("settled_after_rejected", "hold")]


def test_another_scheme_that_excludes_what_the_bank_paid_is_held(ready: Counter) -> None:
    text = SCHEME.replace("id: skill-upgrade-subsidy", "id: training-subsidy")
    text = text.replace("excludes: [training-subsidy]", "excludes: [skill-upgrade-subsidy]")
    (ready.folder / "training-subsidy.yaml").write_text(text, encoding="utf-8")
    ready.office.catalogue.refresh()
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    batch_id = ready.allocated()
    ready.advance(case_id)
    [first] = ready.payments(case_id)
    outcomes(ready, batch_id, line(first, "rejected"))
    ended(ready, case_id)
    form = {"certificate_no": certificate_no, "insured_place": REGION, "payee_account": ACCOUNT}
    other = ready.act(applications.submit_case, OpenCase("training-subsidy", form), person(1)).id
    ready.advance(other)
    ready.approve(other)
    [planned] = ready.payments(other)
    outcomes(ready, batch_id, line(first, "settled", later=5))
    assert against(ready, planned) == [("settled_after_rejected", "hold")]


def test_the_last_of_a_chain_is_not_repaired_when_the_bank_paid_the_first(ready: Counter) -> None:
    batch_id, first = sent(ready)
    outcomes(ready, batch_id, line(first, "rejected"))
    second = repaired(ready, first)
    later = ready.allocated(case_ids=[first.case_id])
    outcomes(ready, later, line(second, "rejected", later=5))
    outcomes(ready, batch_id, line(first, "settled", later=9))
    with pytest.raises(PaymentHeld):
        ready.act(propose_repair, second.id, "6214830000001234563", person(1))


def test_what_was_paid_after_its_release_is_looked_for(ready: Counter) -> None:
    batch_id, first = sent(ready)
    outcomes(ready, batch_id, line(first, "rejected"))
    ready.advance(first.case_id)
    ready.act(release_claim, first.case_id, "误办")
    outcomes(ready, batch_id, line(first, "settled", later=5))
    assert against(ready, first) == [("settled_after_rejected", "recover")]


def test_paid_and_then_rejected_is_raised(ready: Counter) -> None:
    batch_id, payment = sent(ready)
    assert outcomes(
        ready, batch_id, line(payment, "settled"), line(payment, "rejected", later=5)
    ) == ["applied", "contradicts"]
    assert against(ready, payment) == [("rejected_after_settled", "recover")]


def test_a_return_that_is_told_before_its_settlement_contradicts_nothing(ready: Counter) -> None:
    batch_id, payment = sent(ready)
    outcomes(ready, batch_id, line(payment, "returned", later=60))
    assert outcomes(ready, batch_id, line(payment, "settled")) == ["repeated"]
    assert outcomes(ready, batch_id, line(payment, "settled", later=90)) == ["contradicts"]
    assert against(ready, payment) == [("settled_after_returned", "hold")]


def test_one_report_id_may_speak_of_two_payments_and_of_two_statuses(ready: Counter) -> None:
    cases = [ready.audited(1), ready.audited(2)]
    batch_id = ready.allocated()
    [one], [two] = (ready.payments(each) for each in cases)
    assert outcomes(ready, batch_id, line(one, "settled", "R-1"), line(two, "settled", "R-1")) == [
        "applied",
        "applied",
    ]
    assert outcomes(ready, batch_id, line(one, "settled", "R-1")) == ["repeated"]
    assert outcomes(ready, batch_id, line(one, "returned", "R-1")) == ["applied"]


def test_a_known_id_with_another_amount_is_no_repetition(ready: Counter) -> None:
    batch_id, payment = sent(ready)
    assert outcomes(ready, batch_id, line(payment, "settled", "R1", amount_fen=150_000)) == [
        "applied"
    ]
    assert outcomes(ready, batch_id, line(payment, "settled", "R1", amount_fen=1)) == ["refused"]
    assert outcomes(ready, batch_id, line(payment, "settled", "R1")) == ["repeated"]


def test_two_reports_of_one_id_at_once_are_each_answered(ready: Counter) -> None:
    cases = [ready.audited(number) for number in (1, 2, 3)]
    batch_id = ready.allocated()
    payments = [ready.payments(each)[0] for each in cases]

    def post(number: int) -> list[str]:
        payment = payments[number % 3]
        status = "settled" if number < 6 else "rejected"
        return outcomes(ready, batch_id, line(payment, status, "R-1", later=number))

    with ThreadPoolExecutor(6) as pool:
        answered = [outcome for each in pool.map(post, range(12)) for outcome in each]
    assert len(answered) == 12
    assert set(answered) <= {"applied", "repeated", "contradicts"}
    assert answered.count("applied") == 3


def test_every_line_is_kept_with_what_came_of_it_and_none_is_deleted(ready: Counter) -> None:
    batch_id, payment = sent(ready)
    outcomes(
        ready,
        batch_id,
        line(payment, "settled", amount_fen=1),
        line(payment, "rejected", "R-2"),
        line(payment, "settled", "R-3", later=5),
        StatusReport("P0", PaymentState.SETTLED, None, AT),
    )
    with ready.sessions() as session:
        kept = session.scalars(select(PaymentReport).order_by(PaymentReport.id)).all()
        assert [(each.status, each.outcome, each.error_code) for each in kept] == [
            ("settled", "refused", "line_contradicts_payment"),
            ("rejected", "applied", None),
            ("settled", "contradicts", "report_speaks_against_payment"),
            ("settled", "refused", "payment_not_in_batch"),
        ]
        assert [each.payment_id for each in kept] == [payment.id] * 3 + [None]
    with pytest.raises(IntegrityError), ready.sessions.begin() as session:
        session.execute(delete(PaymentReport))
