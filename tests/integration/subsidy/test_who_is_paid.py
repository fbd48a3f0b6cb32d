"""Nobody is paid in another's place, and no case is approved without what it was for."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from services.subsidy.claims.errors import OfficerIsNotThePayee
from services.subsidy.claims.handlers import end_claim
from services.subsidy.credentials.model import KnownCertificate
from services.subsidy.payments.model import Payment
from shared.approvals import applications, corrections
from shared.approvals.applications import OpenCase
from shared.approvals.loading import locked_case
from shared.approvals.model import Case, ProcedureText
from shared.approvals.views import case_view
from shared.kernel.actor import Actor, Membership
from shared.kernel.identity_number import person_ref
from tests.integration.subsidy.counter import ACCOUNT, EMPLOYER, REGION, SCHEME, Counter, officer

OFFICERS = [
    Actor(f"{number:064x}", f"经办{number}", (Membership("enterprise.officer", EMPLOYER),))
    for number in (71, 72)
]
LEADER = officer("负责人", "bureau.leader")


def with_document(counter: Counter, text: str) -> None:
    path = counter.folder / "skill-upgrade-subsidy.yaml"
    path.write_text(text, encoding="utf-8")
    counter.office.catalogue.refresh()


@pytest.mark.parametrize("by", OFFICERS)
def test_no_officer_is_paid_for_a_firm(counter: Counter, by: Actor) -> None:
    with_document(
        counter, SCHEME.replace("applicant: [worker]", "applicant: [worker, enterprise.officer]")
    )
    form = {
        "certificate_no": counter.certificate(1),
        "insured_place": REGION,
        "payee_account": ACCOUNT,
    }
    with pytest.raises(OfficerIsNotThePayee) as refused:
        counter.act(applications.submit_case, OpenCase("skill-upgrade-subsidy", form), by)
    assert refused.value.status == 422
    with counter.sessions() as session:
        assert session.scalars(select(Case).where(Case.applicant_ref == by.person_ref)).all() == []


def test_a_returned_claim_does_not_come_to_be_about_its_officer(counter: Counter) -> None:
    number = "42030319850101003X"
    with_document(
        counter,
        SCHEME.replace("applicant: [worker]", "applicant: [enterprise.officer]").replace(
            "form:\n",
            "form:\n  - {field: identity_number, type: identity_number, personal: true, "
            "required: true, label: {zh: 身份证号码, en: Identity number}}\n",
        ),
    )
    clerk = Actor(person_ref(number, bytes(32)), "经办", OFFICERS[0].memberships)
    form = {
        "identity_number": "420303198501010072",
        "certificate_no": counter.certificate(1),
        "insured_place": REGION,
        "payee_account": ACCOUNT,
    }
    case_id = counter.act(
        applications.submit_case, OpenCase("skill-upgrade-subsidy", form), clerk
    ).id
    counter.advance(case_id)
    counter.decide(case_id, "return", "请更正")
    with pytest.raises(OfficerIsNotThePayee):
        counter.act(corrections.resubmit_case, case_id, {"identity_number": number}, clerk)
    assert counter.case(case_id).status == "returned"


def test_a_corrected_name_is_the_name_that_is_paid(counter: Counter) -> None:
    number = "420303198501010072"
    with_document(
        counter,
        SCHEME.replace("applicant: [worker]", "applicant: [enterprise.officer]").replace(
            "form:\n",
            "form:\n  - {field: identity_number, type: identity_number, personal: true, "
            "required: true, label: {zh: 身份证号码, en: Identity number}}\n"
            "  - {field: name, type: text, required: true, label: {zh: 姓名, en: Name}}\n",
        ),
    )
    counter.grant(1_000_000)
    certificate_no = counter.certificate(1)
    with counter.sessions.begin() as session:  # of the person of the number
        session.execute(update(KnownCertificate).values(person_ref=person_ref(number, bytes(32))))
    form = {
        "identity_number": number,
        "name": "王健国",
        "certificate_no": certificate_no,
        "insured_place": REGION,
        "payee_account": ACCOUNT,
    }
    command = OpenCase("skill-upgrade-subsidy", form)
    case_id = counter.act(applications.submit_case, command, OFFICERS[0]).id
    counter.advance(case_id)
    counter.decide(case_id, "return", "姓名有误")
    counter.act(corrections.resubmit_case, case_id, {"name": "王建国"}, OFFICERS[0])
    counter.advance(case_id)
    counter.approve(case_id)
    [payment] = counter.payments(case_id)
    assert payment.payee_name == "王建国"


def test_a_claim_of_an_officer_for_a_firm_that_is_under_way_is_not_funded(
    counter: Counter,
) -> None:
    counter.grant(1_000_000)
    case_id = counter.claim(1)
    with counter.sessions.begin() as session:  # as a release before this one let it in
        session.get_one(Case, case_id).organisation = EMPLOYER
    counter.approve(case_id)
    with counter.sessions() as session:
        assert session.scalars(select(Payment)).all() == []


def test_a_case_is_not_approved_without_its_entitlement(counter: Counter) -> None:
    counter.grant(1_000_000)
    case_id = counter.claim(1)
    allocation = SCHEME.index("  - {external: funds_allocated")
    text = SCHEME[:allocation] + SCHEME[SCHEME.index("outcome:") :]
    with counter.sessions.begin() as session:  # begun under a document that is refused now
        session.add(ProcedureText(digest="before", text=text))
        session.flush()
        session.get_one(Case, case_id).procedure_digest = "before"
    counter.approve(case_id)
    assert not counter.advance(case_id).closed
    case = counter.case(case_id)
    assert case.status == "in_progress"
    with counter.sessions() as session:
        waiting = case_view(session, counter.office, case)["waiting"]
    assert "no entitlement" in waiting["says"]["en"]
    with counter.sessions.begin() as session:
        end_claim(session, counter.office, locked_case(session, case_id), "办法有误", LEADER)
    assert counter.case(case_id).status == "refused"
