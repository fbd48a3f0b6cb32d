"""What a bank is given: valid under ISO's own schema, and the same whenever it is asked for."""

from __future__ import annotations

import io
from datetime import timedelta
from importlib.resources import files

import pytest
from xmlschema import XMLSchema

from services.subsidy.bank_files.bank_file import bank_file
from services.subsidy.bank_files.pain001 import pain001
from services.subsidy.batches.choosing import MakeBatch
from services.subsidy.batches.errors import (
    BatchNotSent,
    CasesNotPayable,
    InAnotherBatch,
    NoSuchCase,
    NotReadyToBePaid,
)
from services.subsidy.batches.handlers import decide_batch, make_batch
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.batches.queries import sent_payments
from services.subsidy.claims.handlers import release_claim
from services.subsidy.payments.model import Payment
from services.subsidy.payments.rules import PaymentState
from services.subsidy.reports.lines import StatusReport
from shared.kernel.actor import Actor
from shared.kernel.errors import Errors
from tests.integration.subsidy.counter import APPROVER, MAKER, Counter, officer

NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@pytest.fixture(scope="module")
def schema() -> XMLSchema:
    """As ISO publishes it; sepaxml ships it."""
    return XMLSchema(io.StringIO((files("sepaxml") / "schemas/pain.001.001.09.xsd").read_text()))


@pytest.fixture
def ready(counter: Counter) -> Counter:
    counter.grant(1_000_000)
    return counter


def files_of(counter: Counter, batch_id: str) -> tuple[bytes, bytes]:
    with counter.sessions() as session:
        batch = session.get_one(PaymentBatch, batch_id)
        sent = sent_payments(session, batch)
        return pain001(batch, sent), bank_file(batch, sent)


def settled(payment: Payment) -> StatusReport:
    return StatusReport(
        payment.end_to_end_id, PaymentState.SETTLED, None, payment.changed_at_utc, "bank:1"
    )


def test_a_pain_001_is_valid_under_the_schema_of_iso(ready: Counter, schema: XMLSchema) -> None:
    ready.audited(1)
    ready.audited(2)
    document = files_of(ready, ready.allocated())[0].decode()
    assert [str(error) for error in schema.iter_errors(document)] == []
    assert document.count("<CdtTrfTxInf>") == 2


def test_the_schema_refuses_what_a_name_may_hold_unless_it_is_cleaned(
    ready: Counter, schema: XMLSchema
) -> None:
    case_id = ready.audited(1)
    [payment] = ready.payments(case_id)
    with ready.sessions.begin() as session:
        session.get_one(Payment, payment.id).payee_name = "甲\x01乙" * 100
    document = files_of(ready, ready.allocated())[0].decode()
    assert [str(error) for error in schema.iter_errors(document)] == []


def test_a_batch_is_the_same_file_after_the_bank_has_answered(ready: Counter) -> None:
    paid, _ = ready.audited(1), ready.audited(2)
    batch_id = ready.allocated()
    before = files_of(ready, batch_id)
    [payment] = ready.payments(paid)
    ready.report(batch_id, settled(payment))
    ready.clock.advance_to(ready.clock.now() + timedelta(days=3))
    assert ready.payments(paid)[0].state == PaymentState.SETTLED
    assert files_of(ready, batch_id) == before
    assert before[1].decode("gb18030").startswith(f"{batch_id}|2|3000.00\r\n")


def test_a_payment_cancelled_before_the_allocation_was_never_sent(ready: Counter) -> None:
    gone, _ = ready.audited(1), ready.audited(2)
    batch_id = ready.approved()
    ready.act(release_claim, gone, "误办")
    ready.allocate(batch_id)
    assert files_of(ready, batch_id)[0].decode().count("<CdtTrfTxInf>") == 1


def test_what_was_not_sent_has_no_payment_file(ready: Counter) -> None:
    ready.audited(1)
    made = ready.made()
    with pytest.raises(BatchNotSent) as not_yet:
        files_of(ready, made)
    assert "待复核" in not_yet.value.text("zh") and not_yet.value.status == 409
    with ready.sessions.begin() as session:
        decide_batch(session, ready.office, made, approved=False, reason="有误", by=APPROVER)
    with pytest.raises(BatchNotSent):
        files_of(ready, made)
    ready.allocated()
    with pytest.raises(BatchNotSent):  # its payments went out in the next batch
        files_of(ready, made)


def refused(counter: Counter, case_ids: list[str], by: Actor = MAKER) -> Errors:
    with pytest.raises(Errors) as refusal, counter.sessions.begin() as session:
        make_batch(session, counter.office, MakeBatch(case_ids=case_ids), by)
    return refusal.value


def test_a_batch_of_named_cases_says_of_each_what_keeps_it_out(ready: Counter) -> None:
    good, waiting, taken = ready.audited(1), ready.claim(2), ready.audited(3)
    batch_id = ready.made(case_ids=[taken])
    all_known = refused(ready, [good, waiting, taken])
    assert (type(all_known), all_known.status) == (CasesNotPayable, 409)
    assert [(type(each), each.field) for each in all_known.errors] == [
        (NotReadyToBePaid, "case_ids.1"),
        (InAnotherBatch, "case_ids.2"),
    ]
    assert batch_id in all_known.errors[1].text("en")
    unknown = refused(ready, ["CLM-2024-999999", good, waiting])
    assert unknown.status == 422
    assert [(type(each), each.field) for each in unknown.errors] == [
        (NoSuchCase, "case_ids.0"),
        (NotReadyToBePaid, "case_ids.2"),
    ]


def test_a_case_of_another_region_is_not_known(ready: Counter) -> None:
    waiting = ready.claim(1)
    elsewhere = officer("别处", "bureau.payment_maker", "420303")
    assert [type(each) for each in refused(ready, [waiting], elsewhere).errors] == [NoSuchCase]
