"""Subsidy over HTTP: who may call what, and what pages and answers show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.subsidy.app import COMPOSITION, blueprints, pages
from services.subsidy.contradictions.handlers import Statement, record_contradictions
from services.subsidy.contradictions.rules import Consequence, Source
from shared.approvals.api import case_routes
from shared.approvals.pages import case_pages
from shared.approvals.queries import may_see_case
from shared.evidence.api import EvidenceDesk
from shared.evidence.store import EvidenceStore
from shared.identity.people import Person
from shared.kernel.actor import Actor, Membership
from shared.kernel.text import Text
from shared.service import Service
from shared.web.access import routes_without_access
from shared.web.application import create_web
from tests.integration.subsidy.counter import (
    ACCOUNT,
    APPROVER,
    AUDITOR,
    BANK,
    BUREAU,
    FUND,
    MAKER,
    OTHER_ACCOUNT,
    REGION,
    Counter,
    officer,
    person,
)
from tests.signing import Signer, a_signer, web_settings

API = "/subsidy/api/v1"
APPROPRIATION = {
    "fund": FUND,
    "region": REGION,
    "year": 2024,
    "amount_fen": 1_000_000,
    "document_no": "鄂财社〔2024〕1号",
}


class Visitor:
    def __init__(self, client: FlaskClient, signer: Signer, actor: Actor) -> None:
        self._client = client
        someone = Person(actor.name, actor.name, actor.person_ref, actor.memberships, Text("", ""))
        self._headers = {"Accept-Language": "zh", **signer.bearer(someone)}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._client.get(path, headers={**self._headers, **headers})

    def post(self, path: str, body: object = None, **options: Any) -> TestResponse:
        if body is not None:
            options["json"] = body
        return self._client.post(path, headers=self._headers, **options)


Visit = Callable[[Actor], Visitor]


@pytest.fixture
def app(counter: Counter, tmp_path: Path) -> Iterator[Flask]:
    service = cast(Service, SimpleNamespace(sessions=counter.sessions, office=counter.office))
    desk = EvidenceDesk(EvidenceStore(tmp_path / "evidence"), counter.clock, may_see_case)
    signer = a_signer()
    app = create_web(
        web_settings("subsidy"),
        counter.sessions,
        counter.office,
        [case_routes(counter.sessions, counter.office), *blueprints(service)],
        [case_pages(counter.sessions, counter.office, desk), *pages(service)],
        keys=signer.keys,
        templates=COMPOSITION.templates,
        translations=COMPOSITION.translations,
    )
    app.extensions["signer"] = signer
    yield app


@pytest.fixture
def visit(app: Flask) -> Visit:
    return lambda actor: Visitor(app.test_client(), app.extensions["signer"], actor)


def as_json(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json


def allocated(visit: Visit) -> str:
    batch = as_json(visit(MAKER).post(f"{API}/payment-batches", {"region": REGION}), 201)
    path = f"{API}/payment-batches/{batch['id']}"
    as_json(visit(APPROVER).post(f"{path}/approval", {"outcome": "approved"}))
    answer = visit(BUREAU).post(
        f"{path}/allocation", {"outcome": "allocated", "document_no": "赤财社〔2024〕7号"}
    )
    assert as_json(answer)["state"] == "allocated"
    return path


def test_every_route_of_subsidy_says_who_may_call_it(app: Flask) -> None:
    assert routes_without_access(app) == []


def test_the_document_of_the_api_is_made(app: Flask) -> None:
    document = as_json(app.test_client().get(f"{API}/openapi.json"))
    assert f"{API}/payment-batches/{{batch_id}}/allocation" in document["paths"]
    shown = document["paths"][f"{API}/payment-batches/{{batch_id}}"]["get"]["responses"]["200"]
    assert set(shown["content"]) == {"application/json", "application/xml", "text/plain"}


def test_a_budget_is_entered_by_the_finance_bureau_of_the_region_alone(visit: Visit) -> None:
    assert visit(MAKER).post(f"{API}/budgets", APPROPRIATION).status_code == 403
    elsewhere = officer("别处", "finance_bureau.officer", "420303")
    refused = visit(elsewhere).post(f"{API}/budgets", APPROPRIATION)
    assert as_json(refused, 403)["code"] == "outside_region"
    for _ in range(2):
        made = visit(BUREAU).post(f"{API}/budgets", APPROPRIATION)
        assert as_json(made, 201)["available_fen"] == 1_000_000
    [shown] = as_json(visit(MAKER).get(f"{API}/budgets?year=2024"))["items"]
    assert shown["appropriated_fen"] == 1_000_000


def test_a_budget_of_a_fund_region_or_year_that_is_none_is_refused(visit: Visit) -> None:
    nation = officer("财政", "finance_bureau.officer", "429999")
    given = {"fund": "unemployment_insurence", "region": "429999", "year": 2030}
    body = as_json(visit(nation).post(f"{API}/budgets", {**APPROPRIATION, **given}), 422)
    assert {each["code"] for each in body["errors"]} == {
        "unknown_fund",
        "unknown_region",
        "implausible_year",
    }
    assert "unemployment_insurance" in str(body)
    assert as_json(visit(BUREAU).get(f"{API}/budgets"))["items"] == []


def test_a_budget_is_reduced_corrected_and_closed_by_its_own_finance_bureau(
    counter: Counter, visit: Visit
) -> None:
    made = as_json(visit(BUREAU).post(f"{API}/budgets", APPROPRIATION), 201)
    path = f"{API}/budgets/{made['id']}"
    reduction = {"amount_fen": 400_000, "document_no": "核减 1号"}
    elsewhere = officer("别处", "finance_bureau.officer", "420303")
    assert visit(MAKER).post(f"{path}/reduction", reduction).status_code == 403
    assert visit(elsewhere).post(f"{path}/reduction", reduction).status_code == 403
    for _ in range(2):
        less = as_json(visit(BUREAU).post(f"{path}/reduction", reduction))
    assert (less["appropriated_fen"], less["available_fen"]) == (600_000, 600_000)
    over = visit(BUREAU).post(f"{path}/reduction", {"amount_fen": 600_001, "document_no": "2号"})
    assert as_json(over, 409)["errors"][0]["facts"]["available_fen"] == "600000"
    correction = {"document_no": "核减1号", "amount_fen": 300_000, "reason": "录入有误"}
    right = as_json(visit(BUREAU).post(f"{path}/correction", correction))
    assert right["available_fen"] == 700_000
    assert [(each["kind"], each["amount_fen"]) for each in right["documents"]] == [
        ("appropriate", 1_000_000),
        ("reduce", 300_000),
    ]
    closing = {"leftover": "returned", "document_no": "结账"}
    assert as_json(visit(BUREAU).post(f"{path}/closing", closing), 409)["code"] == "year_not_over"
    missing = visit(BUREAU).post(f"{API}/budgets/none:000000:1/reduction", reduction)
    assert as_json(missing, 404)["code"] == "budget_not_found"

    page = f"/subsidy/budgets/{made['id']}"
    form = {"document_no": "核减3号", "amount": "1000", "reason": ""}
    assert visit(BUREAU).post(f"{page}/reduction", data=form).status_code == 303
    over_page = visit(BUREAU).post(f"{page}/reduction", data={**form, "amount": "9999999"})
    assert over_page.status_code == 409 and "已录入" in over_page.text
    shown = visit(BUREAU).get(page, Accept="text/html").text
    assert "6000.00" in shown and "已更正 1 次" in shown and "核减3号" in shown
    assert "正确的金额" not in visit(MAKER).get(page, Accept="text/html").text
    counter.clock.advance_to(date(2025, 1, 2))
    assert visit(BUREAU).post(f"{page}/closing", data=closing).status_code == 303
    assert "已结账" in visit(BUREAU).get(page, Accept="text/html").text


def test_money_that_arrives_is_reserved_for_who_waited_for_it(
    counter: Counter, visit: Visit
) -> None:
    counter.audited(1)
    before = as_json(visit(MAKER).get(f"{API}/waiting-payments"))
    assert before["items"] == [] and before["unfunded"][0]["code"] == "budget_missing"
    budget = as_json(visit(BUREAU).post(f"{API}/budgets", APPROPRIATION), 201)
    assert (budget["waiting_count"], budget["waiting_fen"]) == (1, 150_000)
    between = as_json(visit(MAKER).get(f"{API}/waiting-payments"))
    assert between["unfunded"][0]["code"] == "funds_in_order"
    assert "正按申请提交的先后安排" in visit(MAKER).get("/subsidy/batches", Accept="text/html").text
    counter.fund()
    after = as_json(visit(MAKER).get(f"{API}/waiting-payments"))
    assert [each["total_fen"] for each in after["items"]] == [150_000]
    assert after["unfunded"] == []
    shown = as_json(visit(MAKER).get(f"{API}/budgets"))["funding"]
    assert (shown["waiting_count"], shown["funded_count"], shown["under_way"]) == (0, 1, False)
    assert "最近一次安排了 1 件" in visit(BUREAU).get("/subsidy/budgets", Accept="text/html").text


def test_a_batch_goes_its_way_and_only_who_pays_sees_whom(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    [waiting] = as_json(visit(MAKER).get(f"{API}/waiting-payments"))["items"]
    assert waiting["total_fen"] == 150_000
    path = allocated(visit)
    seen = as_json(visit(MAKER).get(path))["payments"]
    assert seen[0]["payee"] is None
    told = as_json(visit(BANK).get(path))["payments"]
    assert told[0]["payee"] == {"name": "工人1", "account": ACCOUNT}
    assert visit(person(1)).get(path).status_code == 403
    assert visit(officer("别处", "bureau.payment_maker", "420303")).get(path).status_code == 404


def test_a_batch_can_be_taken_as_pain_001_and_as_a_bank_file(
    counter: Counter, visit: Visit
) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    path = allocated(visit)
    assert visit(MAKER).get(path, Accept="application/xml").status_code == 403
    xml = visit(BANK).get(path, Accept="application/xml")
    root = ElementTree.fromstring(xml.data)
    name = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
    assert [each.text for each in root.iter(f"{name}InstdAmt")] == ["1500.00"]
    assert [each.text for each in root.iter(f"{name}CtrlSum")] == ["1500.00", "1500.00"]
    text = visit(BANK).get(path, Accept="text/plain")
    assert f"|{ACCOUNT}|工人1|1500.00|" in text.data.decode("gb18030")


def test_status_reports_are_answered_row_by_row(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    path = allocated(visit)
    [payment] = as_json(visit(BANK).get(path))["payments"]
    good = {
        "end_to_end_id": payment["end_to_end_id"],
        "status": "settled",
        "reason_code": None,
        "reported_at": "2024-03-05T08:00:00+08:00",
        "report_id": "bank:1",
    }
    lines = [{"status": "paid"}, {**good, "end_to_end_id": "P0", "report_id": "bank:0"}, good]
    answer = as_json(visit(BANK).post(f"{path}/status-reports", lines))
    assert [each["outcome"] for each in answer["results"]] == ["refused", "refused", "applied"]
    assert {each["field"] for each in answer["results"][0]["errors"]} == {
        "status",
        "end_to_end_id",
        "reported_at",
    }
    again = as_json(visit(BANK).post(f"{path}/status-reports", [good]))
    assert (again["applied"], again["repeated"]) == (0, 1)
    assert visit(MAKER).post(f"{path}/status-reports", [good]).status_code == 403


def test_reports_that_are_no_list_are_refused_and_not_read(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    path = allocated(visit)
    for body in ({"reports": []}, {"reports": [{}]}, {}, "settled", 1):
        answer = visit(BANK).post(f"{path}/status-reports", body)
        assert (answer.status_code, answer.json["code"]) == (422, "unreadable_report"), body


def test_a_pain_002_report_is_read(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    path = allocated(visit)
    [payment] = counter.payments(case_id)
    report = f"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2024-03-05T08:00:00Z</CreDtTm></GrpHdr>
<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{payment.end_to_end_id}</OrgnlEndToEndId>
<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""
    address = f"{path}/status-reports"
    for wrong, field in (
        ("<CdtrAcct><Id><Othr><Id>6222021234567890128</Id></Othr></Id></CdtrAcct>", "account"),
        ('<IntrBkSttlmAmt Ccy="CNY">1499.99</IntrBkSttlmAmt>', "amount_fen"),
    ):
        other = report.replace("</TxInfAndSts>", f"<OrgnlTxRef>{wrong}</OrgnlTxRef></TxInfAndSts>")
        refused = visit(BANK).post(address, data=other, content_type="application/xml")
        [error] = as_json(refused)["results"][0]["errors"]
        assert (error["code"], error["field"]) == ("line_contradicts_payment", field)
    sent = visit(BANK).post(address, data=report, content_type="application/xml")
    assert as_json(sent)["applied"] == 1
    [payment] = counter.payments(case_id)
    assert (payment.state, payment.reason_code) == ("rejected", "AC04")
    bad = visit(BANK).post(address, data="<!DOCTYPE x><a/>", content_type="application/xml")
    assert as_json(bad, 422)["code"] == "unreadable_report"


def test_a_line_that_no_database_takes_loses_no_other(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    path = allocated(visit)
    [payment] = counter.payments(case_id)
    good = {
        "end_to_end_id": payment.end_to_end_id,
        "status": "settled",
        "reported_at": "2024-03-05T08:00:00+08:00",
    }
    odd = [{**good, "end_to_end_id": each} for each in ("P\x00", "P\ud800", "P" * 9000, "\x00")]
    odd += [{**good, "report_id": "R\x00" * 300}, {**good, "status": "\x00"}, "x", None, 7]
    answer = as_json(visit(BANK).post(f"{path}/status-reports", [*odd, good]))
    assert (answer["applied"], answer["refused"]) == (1, len(odd))
    report = f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>M2</MsgId><CreDtTm>2024-03-06T08:00:00</CreDtTm></GrpHdr><OrgnlPmtInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{"Q" * 9000}</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>{payment.end_to_end_id}</OrgnlEndToEndId><TxSts>ACSC</TxSts>
</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""
    sent = visit(BANK).post(f"{path}/status-reports", data=report, content_type="application/xml")
    assert (as_json(sent)["repeated"], as_json(sent)["refused"]) == (1, 1)


def test_what_the_bank_reported_is_shown_beside_its_payment_and_in_its_batch(
    counter: Counter, visit: Visit
) -> None:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    path = allocated(visit)
    [payment] = counter.payments(case_id)
    address = f"{path}/status-reports"
    for status, minute in (("rejected", 0), ("settled", 5)):
        line = {
            "end_to_end_id": payment.end_to_end_id,
            "status": status,
            "reason_code": "AC04" if status == "rejected" else None,
            "reported_at": f"2024-03-05T08:0{minute}:00+08:00",
        }
        told = as_json(visit(BANK).post(address, [line]))
    assert (told["contradicts"], told["results"][0]["state"]) == (1, "rejected")
    assert told["results"][0]["errors"][0]["code"] == "report_speaks_against_payment"
    shown = as_json(visit(AUDITOR).get(f"{API}/payments/{payment.id}"))
    kept = [(each["status"], each["outcome"]) for each in shown["reports"]]
    assert kept == [("rejected", "applied"), ("settled", "contradicts")]
    page = as_json(visit(BUREAU).get(f"{address}?limit=1"))
    assert [each["status"] for each in page["items"]] == ["settled"]
    rest = as_json(visit(BUREAU).get(f"{address}?limit=1&after={page['next']}"))
    assert ([each["status"] for each in rest["items"]], rest["next"]) == (["rejected"], None)
    assert visit(person(1)).get(address).status_code == 403
    case = visit(AUDITOR).get(f"/subsidy/cases/{case_id}", Accept="text/html").text
    assert "银行回执（2 条）" in case and "与记录不符，待查明" in case


def test_the_payee_repairs_an_account_on_the_page_of_the_case(
    counter: Counter, visit: Visit
) -> None:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    path = allocated(visit)
    [payment] = counter.payments(case_id)
    line = {
        "end_to_end_id": payment.end_to_end_id,
        "status": "rejected",
        "reason_code": "AC04",
        "reported_at": "2024-03-05T08:00:00+08:00",
    }
    as_json(visit(BANK).post(f"{path}/status-reports", [line]))
    page = visit(person(1)).get(f"/subsidy/cases/{case_id}", Accept="text/html")
    assert "更换收款账户" in page.text and "账户已销户" in page.text
    assert ACCOUNT not in page.text
    address = f"/subsidy/payments/{payment.id}/repair"
    assert visit(person(2)).post(address, data={"account": OTHER_ACCOUNT}).status_code == 404
    sent = visit(person(1)).post(address, data={"account": OTHER_ACCOUNT})
    assert sent.status_code == 303
    page = visit(AUDITOR).get(f"/subsidy/cases/{case_id}", Accept="text/html")
    assert "确认新账户" in page.text
    confirmed = visit(AUDITOR).post(f"{address}/confirmation", data={"outcome": "confirmed"})
    assert confirmed.status_code == 303
    items = as_json(visit(person(1)).get(f"{API}/payments?case_id={case_id}"))["items"]
    assert [(each["state"], each["replaces"]) for each in items] == [
        ("rejected", None),
        ("planned", payment.id),
    ]


def test_a_wrong_account_is_corrected_on_the_page_before_anything_is_sent(
    counter: Counter, visit: Visit
) -> None:
    case_id = counter.claim(1)
    counter.approve(case_id)
    address, html = f"/subsidy/claims/{case_id}/account", {"Accept": "text/html"}
    page = f"/subsidy/cases/{case_id}"
    assert "更换收款账户" in visit(person(1)).get(page, **html).text
    assert visit(person(2)).post(address, data={"account": OTHER_ACCOUNT}).status_code == 404
    assert visit(person(1)).post(address, data={"account": OTHER_ACCOUNT}).status_code == 303
    assert visit(person(1)).post(address, data={"account": ACCOUNT}).status_code in (409, 422)
    assert "确认新账户" in visit(AUDITOR).get(page, **html).text
    [waiting] = as_json(visit(AUDITOR).get(f"{API}/repairs"))["items"]
    assert (waiting["case_id"], waiting["payment_id"], waiting["region"]) == (case_id, None, REGION)
    assert case_id in visit(AUDITOR).get("/subsidy/repairs", **html).text
    elsewhere = officer("别处", "bureau.officer", "420303")
    assert as_json(visit(elsewhere).get(f"{API}/repairs"))["items"] == []
    assert visit(person(1)).get(f"{API}/repairs").status_code == 403
    done = visit(AUDITOR).post(f"{address}/confirmation", data={"outcome": "confirmed"})
    assert done.status_code == 303
    counter.grant(1_000_000)
    counter.fund()
    [payment] = as_json(visit(person(1)).get(f"{API}/payments?case_id={case_id}"))["items"]
    assert payment["account_masked"][-4:] == OTHER_ACCOUNT[-4:]
    again = visit(person(1)).post(f"{API}/payments/{payment['id']}/repair", {"account": ACCOUNT})
    assert as_json(again, 201)["state"] == "proposed"
    twice = visit(person(1)).post(f"{API}/payments/{payment['id']}/repair", {"account": ACCOUNT})
    assert as_json(twice, 409)["code"] == "repair_waiting"


def test_a_leader_ends_a_claim_where_what_speaks_against_it_stands(
    counter: Counter, visit: Visit
) -> None:
    counter.grant(1_000_000)
    case_id = counter.audited(1)
    [payment] = counter.payments(case_id)
    with counter.sessions.begin() as session:
        said = Text("已调离", "Has left")
        record_contradictions(
            session,
            counter.clock,
            AUDITOR,
            [Statement(payment.id, case_id, Source.PERSON, "x", "x", said, Consequence.HOLD)],
        )
    leader = officer("负责人", "bureau.leader")
    page = visit(leader).get("/subsidy/contradictions", Accept="text/html").text
    assert "终止此项申请" in page and case_id in page
    address = f"/subsidy/claims/{case_id}/release"
    assert visit(leader).post(address, data={"reason": ""}).status_code == 422
    assert visit(leader).post(address, data={"reason": "申请人已调离"}).status_code == 303
    assert counter.case(case_id).status == "refused"
    assert visit(leader).post(address, data={"reason": "又一次"}).status_code == 409


def test_the_pages_of_batches_offer_each_person_their_part(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    html = {"Accept": "text/html"}
    assert "制单" in visit(MAKER).get("/subsidy/batches", **html).text
    form = {"region": REGION, "scheme": "skill-upgrade-subsidy"}
    made = visit(MAKER).post("/subsidy/batches", data=form)
    assert made.status_code == 303
    address = made.headers["Location"]
    assert "由您复核" not in visit(MAKER).get(address, **html).text
    assert "由您复核" in visit(APPROVER).get(address, **html).text
    approved = visit(APPROVER).post(f"{address}/approval", data={"outcome": "approved"})
    assert approved.status_code == 303
    missing = visit(BUREAU).post(f"{address}/allocation", data={"outcome": "allocated"})
    assert missing.status_code == 422 and "拨付必须填写财政拨款文号" in missing.text
    done = visit(BUREAU).post(
        f"{address}/allocation", data={"outcome": "allocated", "document_no": "文"}
    )
    assert done.status_code == 303
    shown = visit(BUREAU).get(address, **html).text
    assert "已指令" in shown and ACCOUNT not in shown
    english = {"Accept": "text/html", "Accept-Language": "en"}
    assert "Payment batches" in visit(MAKER).get("/subsidy/batches", **english).text


def test_the_ways_in_offer_each_what_they_may_open(visit: Visit) -> None:
    for who, offered in ((person(1), False), (MAKER, True)):
        page = visit(who).get("/subsidy/apply").text
        assert ('href="/subsidy/batches"' in page, 'href="/subsidy/notices"' in page) == (
            offered,
            True,
        )


def test_what_no_role_of_theirs_applies_for_is_shown_to_a_person_without_a_way_in(
    counter: Counter, visit: Visit
) -> None:
    [procedure] = counter.office.catalogue.all()
    folder = counter.folder / "for-organisations.yaml"
    text = procedure.source_text.replace("[worker]", "[organisation.officer]")
    folder.write_text(text.replace("id: skill-upgrade-subsidy", "id: of-organisations"))
    counter.office.catalogue.refresh()
    page = visit(person(1)).get("/subsidy/apply").text
    assert "/subsidy/apply/skill-upgrade-subsidy?" in page
    assert "/subsidy/apply/of-organisations?" not in page and "不由您的身份申请" in page


def test_the_page_of_budgets_enters_one(visit: Visit) -> None:
    form = {**{k: str(v) for k, v in APPROPRIATION.items()}, "amount": "10000.00"}
    assert visit(BUREAU).post("/subsidy/budgets", data=form).status_code == 303
    wrong = visit(BUREAU).post("/subsidy/budgets", data={**form, "amount": "一万"})
    assert wrong.status_code == 422
    assert "10000.00" in visit(BUREAU).get("/subsidy/budgets", Accept="text/html").text


def test_a_leader_releases_what_was_granted_by_mistake(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    [mine] = as_json(visit(person(1)).get(f"{API}/entitlements"))["items"]
    leader = officer("局长", "bureau.leader")
    path = f"{API}/entitlements/{mine['id']}/release"
    assert visit(leader).post(path, {}).status_code == 422
    assert as_json(visit(leader).post(path, {"reason": "误办"}))["state"] == "released"


def test_a_role_in_another_place_sees_nothing(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    stranger = Actor("ref-x", "x", (Membership("bureau.payment_maker", None, "county", "420303"),))
    assert as_json(visit(stranger).get(f"{API}/waiting-payments"))["items"] == []
    allocated(visit)
    assert as_json(visit(stranger).get(f"{API}/payment-batches"))["items"] == []
    assert len(as_json(visit(MAKER).get(f"{API}/payment-batches"))["items"]) == 1


def test_what_is_held_is_seen_and_settled_by_a_leader(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    certificate_no = counter.certificate(1)
    case_id, other = counter.audited(1, certificate_no), counter.audited(2)
    batch = as_json(visit(MAKER).post(f"{API}/payment-batches", {"region": REGION}), 201)
    counter.hear_revocation(certificate_no, 1)
    path = f"{API}/payment-batches/{batch['id']}"
    shown = as_json(visit(APPROVER).get(path))
    assert (shown["payments_count"], shown["total_fen"]) == (1, 150_000)
    [out, stays] = shown["payments"]
    assert out["case_id"] == case_id and out["taken_out_at_utc"] and out["contradictions"]
    assert stays["case_id"] == other and stays["taken_out_at_utc"] is None
    assert "已移出本批" in visit(APPROVER).get(f"/subsidy/batches/{batch['id']}").text
    [payment] = as_json(visit(AUDITOR).get(f"{API}/payments?case_id={case_id}"))["items"]
    assert payment["contradictions"][0]["consequence"] == "hold"
    assert "暂停支付" in visit(AUDITOR).get(f"/subsidy/cases/{case_id}").text
    [held] = as_json(visit(AUDITOR).get(f"{API}/contradictions"))["items"]
    assert case_id in visit(AUDITOR).get("/subsidy/contradictions").text
    elsewhere = officer("别处", "bureau.officer", "420303")
    assert as_json(visit(elsewhere).get(f"{API}/contradictions"))["items"] == []
    settle = f"{API}/contradictions/{held['id']}/settlement"
    leader = officer("负责人", "bureau.leader")
    assert visit(AUDITOR).post(settle, {"reason": "查明"}).status_code == 403
    refused = visit(leader).post(settle, {"reason": "查明"})  # the certificate is revoked still
    assert as_json(refused, 409)["code"] == "finding_not_met"
    ended = visit(leader).post(f"{API}/claims/{case_id}/release", {"reason": "证书被撤销"})
    assert as_json(ended)["status"] == "refused"
    [settled] = as_json(visit(AUDITOR).get(f"{API}/contradictions?state=settled"))["items"]
    assert settled["settled_reason"] == "证书被撤销"


def test_an_allocation_asks_the_registries_again(counter: Counter, visit: Visit) -> None:
    counter.grant(1_000_000)
    counter.audited(1)
    batch = as_json(visit(MAKER).post(f"{API}/payment-batches", {"region": REGION}), 201)
    path = f"{API}/payment-batches/{batch['id']}"
    as_json(visit(APPROVER).post(f"{path}/approval", {"outcome": "approved"}))
    given = {"outcome": "allocated", "document_no": "赤财社〔2024〕7号"}
    counter.registry.silent = True
    answer = visit(BUREAU).post(f"{path}/allocation", given)
    assert as_json(answer, 503)["code"] == "registries_silent"
    counter.registry.silent = False
    counter.registry.changed = {person(1).person_ref: {"employment_status": "deceased"}}
    answer = visit(BUREAU).post(f"{path}/allocation", given)
    assert as_json(answer, 409)["code"] == "batch_reduced"
    page = visit(BUREAU).post(f"/subsidy/batches/{batch['id']}/allocation", data=given)
    assert page.status_code == 422  # nothing is left to pay
    assert as_json(visit(BUREAU).get(path))["state"] == "approved"
