"""Evidence taken back while money is on its way: held until it is sent, to be recovered after."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.subsidy.allocations.errors import BatchReduced, RegistriesSilent
from services.subsidy.allocations.rechecking import recheck_batch
from services.subsidy.batches.errors import CasesNotPayable
from services.subsidy.batches.model import PaymentBatch
from services.subsidy.claims.handlers import end_claim
from services.subsidy.claims.model import ClaimFunding
from services.subsidy.contradictions.handlers import Statement, record_contradictions
from services.subsidy.contradictions.model import Contradiction
from services.subsidy.contradictions.rules import Consequence, Source
from services.subsidy.credentials.errors import EvidenceTakenBack
from shared.approvals.errors import FindingNotMet
from shared.approvals.loading import locked_case
from shared.approvals.rechecking import recheck_case
from shared.kernel.text import Text
from tests.integration.subsidy.counter import (
    AUDITOR,
    BUREAU,
    REGION,
    Counter,
    Registry,
    officer,
    person,
)
from tests.integration.subsidy.test_claims_end import failed_payment, propose

STATUS_RULE = "  - {rule: employment_status_in, statuses: [employed, unemployed]}\n"


@pytest.fixture
def ready(counter: Counter) -> Counter:
    counter.grant(1_000_000)
    return counter


@pytest.fixture
def registry(ready: Counter) -> Registry:
    path = ready.folder / "skill-upgrade-subsidy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("rules:\n", "rules:\n" + STATUS_RULE), encoding="utf-8")
    ready.office.catalogue.refresh()
    return ready.registry


def said(counter: Counter, case_id: str) -> list[tuple[str, str, bool]]:
    with counter.sessions() as session:
        return [
            (row.code, row.consequence, row.settled_at_utc is None)
            for row in session.scalars(
                select(Contradiction)
                .where(Contradiction.case_id == case_id)
                .order_by(Contradiction.id)
            )
        ]


def batch_of(counter: Counter, batch_id: str) -> tuple[int, int]:
    with counter.sessions() as session:
        batch = session.get_one(PaymentBatch, batch_id)
        return batch.payments_count, batch.total_fen


def test_a_revoked_certificate_keeps_its_planned_payment_out_of_a_batch(ready: Counter) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    ready.hear_revocation(certificate_no, 1)
    for command in ({"region": REGION}, {"case_ids": [case_id]}):
        with pytest.raises(CasesNotPayable) as refused:
            ready.made(**command)
        assert refused.value.status == 409
        assert case_id in refused.value.errors[0].text("en")
    other = ready.audited(2)
    made = ready.made()  # what is held keeps nobody else out
    assert batch_of(ready, made) == (1, 150_000)
    assert ready.payments(other)[0].batch_id == made
    assert said(ready, case_id) == [("finding_not_met", "hold", True)]


@pytest.mark.parametrize("approved", [False, True])
def test_a_revoked_certificate_takes_its_payment_out_of_an_unallocated_batch(
    ready: Counter, approved: bool
) -> None:
    certificate_no = ready.certificate(1)
    case_id, other = ready.audited(1, certificate_no), ready.audited(2)
    batch_id = ready.approved() if approved else ready.made()
    ready.hear_revocation(certificate_no, 1)
    assert batch_of(ready, batch_id) == (1, 150_000)
    assert ready.payments(case_id)[0].batch_id is None
    if approved:
        ready.allocate(batch_id)
        assert ready.payments(other)[0].state == "instructed"
    assert ready.payments(case_id)[0].state == "planned"


@pytest.mark.parametrize("advanced", [False, True])
def test_money_that_was_sent_is_marked_for_recovery_and_its_case_ends_approved(
    ready: Counter, advanced: bool
) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    ready.allocated()
    if advanced:
        ready.advance(case_id)
    ready.hear_revocation(certificate_no, 1)
    assert ready.advance(case_id).outcome == "approved"
    assert said(ready, case_id) == [("finding_not_met", "recover", True)]
    assert ready.payments(case_id)[0].state == "instructed"


def test_a_failed_payment_is_not_repaired_after_its_evidence_was_taken_back(
    ready: Counter,
) -> None:
    payment = failed_payment(ready)
    ready.hear_revocation(ready.case(payment.case_id).form["certificate_no"], 1)
    with pytest.raises(FindingNotMet):
        propose(ready, payment)
    assert len(ready.payments(payment.case_id)) == 1


@pytest.mark.parametrize("status", ["retired", "deceased", "emigrated"])
def test_the_registries_are_asked_again_at_the_allocation(
    ready: Counter, registry: Registry, status: str
) -> None:
    case_id, other = ready.audited(1), ready.audited(2)
    batch_id = ready.approved()
    registry.changed[person(1).person_ref] = {"employment_status": status}
    with pytest.raises(BatchReduced) as reduced:
        recheck_batch(ready.sessions, ready.office, batch_id, BUREAU)
    assert case_id in reduced.value.text("en") and "1500.00" in reduced.value.text("en")
    assert batch_of(ready, batch_id) == (1, 150_000)
    recheck_batch(ready.sessions, ready.office, batch_id, BUREAU)
    ready.allocate(batch_id)
    assert ready.payments(other)[0].state == "instructed"
    assert ready.payments(case_id)[0].state == "planned"
    assert ("hold", True) in {each[1:] for each in said(ready, case_id)}
    with pytest.raises(CasesNotPayable):
        ready.made(case_ids=[case_id])


def test_a_silent_registry_stops_an_allocation_and_leaves_everything_as_it_was(
    ready: Counter, registry: Registry
) -> None:
    case_id = ready.audited(1)
    batch_id = ready.approved()
    registry.silent_about = {person(1).person_ref}
    with pytest.raises(RegistriesSilent):
        recheck_batch(ready.sessions, ready.office, batch_id, BUREAU)
    assert batch_of(ready, batch_id) == (1, 150_000)
    assert said(ready, case_id) == []


def test_a_payee_of_whom_nothing_is_known_waits_though_no_rule_asks(ready: Counter) -> None:
    path = ready.folder / "skill-upgrade-subsidy.yaml"
    text = path.read_text(encoding="utf-8")
    rule = "  - {rule: insured_months_at_least, months: 12}\n"
    path.write_text(text.replace(rule, ""), encoding="utf-8")
    ready.office.catalogue.refresh()
    case_id = ready.audited(1)
    ready.audited(2)
    batch_id = ready.approved()
    ready.registry.silent_about = {person(1).person_ref}
    with pytest.raises(BatchReduced):
        recheck_batch(ready.sessions, ready.office, batch_id, BUREAU)
    assert said(ready, case_id) == [("registry_silent", "recheck", True)]


def test_a_payee_of_whom_nothing_is_known_waits_for_the_next_batch(
    ready: Counter, registry: Registry
) -> None:
    case_id = ready.audited(1)
    ready.audited(2)
    batch_id = ready.approved()
    registry.silent_about = {person(1).person_ref}
    with pytest.raises(BatchReduced):
        recheck_batch(ready.sessions, ready.office, batch_id, BUREAU)
    assert said(ready, case_id) == [("registry_silent", "recheck", True)]
    registry.silent_about = set()
    again = ready.approved(case_ids=[case_id])
    recheck_batch(ready.sessions, ready.office, again, BUREAU)
    ready.allocate(again)
    assert ready.payments(case_id)[0].state == "instructed"
    assert said(ready, case_id) == [("registry_silent", "recheck", False)]


def test_a_hold_is_lifted_when_the_condition_is_met_again(
    ready: Counter, registry: Registry
) -> None:
    case_id = ready.audited(1)
    ready.audited(2)
    batch_id = ready.approved()
    registry.changed[person(1).person_ref] = {"employment_status": "retired"}
    with pytest.raises(BatchReduced):
        recheck_batch(ready.sessions, ready.office, batch_id, BUREAU)
    registry.changed = {}
    recheck_case(ready.sessions, ready.office, case_id, AUDITOR)
    assert said(ready, case_id) == [("finding_not_met", "hold", False)]
    assert batch_of(ready, ready.made(case_ids=[case_id])) == (1, 150_000)


def test_a_later_grant_does_not_speak_against_an_earlier_one(ready: Counter) -> None:
    """Judged anew, a claim is compared with what came before it."""
    certificate_no = ready.certificate(1)
    first = ready.audited(1, certificate_no)
    ready.audited(1, ready.certificate(1, level=3))
    recheck_case(ready.sessions, ready.office, first, AUDITOR)
    assert said(ready, first) == []


def test_a_claim_that_ends_settles_its_hold(ready: Counter) -> None:
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    ready.hear_revocation(certificate_no, 1)
    leader = officer("负责人", "bureau.leader")
    with ready.sessions.begin() as session:
        end_claim(session, ready.office, locked_case(session, case_id), "证书被撤销", leader)
    assert ready.case(case_id).status == "refused"
    assert said(ready, case_id) == [("finding_not_met", "hold", False)]


def test_revoked_evidence_holds_its_payment_though_no_rule_of_the_document_asks(
    ready: Counter,
) -> None:
    path = ready.folder / "skill-upgrade-subsidy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  - {rule: certificate_is_valid}\n", ""), encoding="utf-8")
    ready.office.catalogue.refresh()
    certificate_no = ready.certificate(1)
    case_id = ready.audited(1, certificate_no)
    ready.hear_revocation(certificate_no, 1)
    assert said(ready, case_id) == [("evidence_taken_back", "hold", True)]


@pytest.fixture
def without_rule(counter: Counter) -> Counter:
    """Its document does not ask that the certificate stands."""
    path = counter.folder / "skill-upgrade-subsidy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  - {rule: certificate_is_valid}\n", ""), encoding="utf-8")
    counter.office.catalogue.refresh()
    return counter


def test_no_money_is_planned_on_what_was_revoked_before_it_came(without_rule: Counter) -> None:
    certificate_no = without_rule.certificate(1)
    case_id = without_rule.audited(1, certificate_no)
    without_rule.hear_revocation(certificate_no, 1)
    without_rule.grant(1_000_000)
    without_rule.fund()
    assert without_rule.payments(case_id) == []
    with without_rule.sessions() as session:
        waiting = session.get_one(ClaimFunding, case_id)
    assert waiting.problem_code == "evidence_taken_back"
    assert certificate_no in (waiting.problem_zh or "")


def test_no_money_is_planned_on_what_was_revoked_during_the_review(without_rule: Counter) -> None:
    without_rule.grant(1_000_000)
    certificate_no = without_rule.certificate(1)
    case_id = without_rule.claim(1, certificate_no)
    without_rule.hear_revocation(certificate_no, 1)
    without_rule.approve(case_id)
    assert without_rule.payments(case_id) == []


def test_a_payment_is_not_repaired_on_what_was_revoked_though_no_rule_asks(
    without_rule: Counter,
) -> None:
    without_rule.grant(1_000_000)
    payment = failed_payment(without_rule)
    without_rule.hear_revocation(without_rule.case(payment.case_id).form["certificate_no"], 1)
    with pytest.raises(EvidenceTakenBack) as refused:
        propose(without_rule, payment)
    assert refused.value.status == 409


def test_a_revocation_is_recorded_beside_what_stands_open_already(without_rule: Counter) -> None:
    without_rule.grant(1_000_000)
    certificate_no = without_rule.certificate(1)
    case_id = without_rule.audited(1, certificate_no)
    [payment] = without_rule.payments(case_id)
    says = Text("登记部门没有答复。", "The registry is silent.")
    silence = Statement(
        payment.id, case_id, Source.REGISTRY, "registry_silent", "x", says, Consequence.RECHECK
    )
    with without_rule.sessions.begin() as session:
        record_contradictions(session, without_rule.clock, AUDITOR, [silence])
    without_rule.hear_revocation(certificate_no, 1)
    assert ("evidence_taken_back", "hold", True) in said(without_rule, case_id)
