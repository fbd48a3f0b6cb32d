"""The whole way in a browser, as seven people; and each of them kept from the others' steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import expect

from tests.browser.claims import API, CHIBI, PROCEDURE, TITLE, by_label, enter_budget
from tests.browser.visitor import Visitor
from tests.servers.system import System, until

APPLICANT, ENTERPRISE, UNION, BUREAU, MAKER, APPROVER, FINANCE = SEVEN = (
    "jinggong-worker1",
    "jinggong-officer",
    "chibi-union-reviewer",
    "chibi-bureau-officer",
    "chibi-bureau-payment-maker",
    "chibi-bureau-payment-approver",
    "chibi-finance-bureau-officer",
)
NOT_TASKED = {"not_your_task", "own_case", "decided_another_step"}


def refused(
    system: System,
    person: Visitor,
    where: tuple[str, Mapping[str, object]],
    page: tuple[str, Mapping[str, str]],
    codes: set[str],
) -> None:
    """By API with the person's token and by the page's form: a 403, and its code."""
    path, body = where
    answer = system.person(person.username).call("POST", path, json=body)
    assert answer.status_code == 403, (person.username, path, answer.text)
    assert answer.json()["code"] in codes, (person.username, answer.json())
    path, fields = page
    status, text = person.posts_a_form(path, fields)
    assert status == 403, (person.username, path, status, text[-800:])
    assert any(code in text for code in codes), (person.username, path, text[-800:])


def refused_task(system: System, others: list[Visitor], case_id: str, holder: str) -> None:
    task = system.person(holder).task("subsidy", case_id)
    outcome = task["may"][0]
    for person in others:
        refused(
            system,
            person,
            (f"{API}/tasks/{task['id']}/decision", {"outcome": outcome}),
            (f"/subsidy/tasks/{task['id']}/decision", {"outcome": outcome}),
            NOT_TASKED,
        )


def test_a_claim_is_filed_decided_and_paid_by_seven_people(
    system: System, visit: Callable[..., Visitor]
) -> None:
    enter_budget(system)
    people = {username: visit(username) for username in SEVEN}

    def all_but(username: str) -> list[Visitor]:
        return [person for name, person in people.items() if name != username]

    case_id = _files(system, people[APPLICANT])
    for officer, outcome in ((ENTERPRISE, "confirm"), (UNION, "approve"), (BUREAU, "approve")):
        refused_task(system, all_but(officer), case_id, officer)
        people[officer].decide(case_id, outcome)
    batch_id = _makes_a_batch(system, people[MAKER], all_but(MAKER))
    _approves(system, people[APPROVER], all_but(APPROVER), batch_id)
    _allocates(system, people[FINANCE], all_but(FINANCE), batch_id)
    applicant = people[APPLICANT]
    applicant.waits_to_see(f"/subsidy/cases/{case_id}", "已到账")
    applicant.waits_to_see(f"/subsidy/cases/{case_id}", "已通过")  # closed by its workflow
    applicant.sees("已通过", "500.00 元", "王建国", "谢明辉", "许美玲", "补贴已到账")


def _files(system: System, applicant: Visitor) -> str:
    applicant.open("/")
    applicant.page.locator("main").get_by_role("link", name="补贴", exact=True).click()
    applicant.page.get_by_role("link", name=re.compile(TITLE)).click()
    applicant.fill(by_label(system))
    applicant.press("核对并继续")
    applicant.sees("提交前核对", "符合", "出勤率不低于 80%", "结业后一个月内申请")
    applicant.press("确认并提交")
    expect(applicant.page.locator("h1")).to_contain_text(re.compile(r"CLM-\d{4}-\d{6}"))
    case_id = applicant.heading().split()[0]
    applicant.waits_to_see(f"/subsidy/cases/{case_id}", "现在办理：单位确认出勤")
    applicant.sees("张伟", "培训期间生活费补贴", "办理期限")
    return case_id


def _makes_a_batch(system: System, maker: Visitor, others: list[Visitor]) -> str:
    waiting = f"{API}/waiting-payments"
    until(lambda: system.person(MAKER).get(waiting)["items"], "a payment waits for its batch")
    fields = {"region": CHIBI, "scheme": PROCEDURE}
    for person in others:
        refused(
            system,
            person,
            (f"{API}/payment-batches", fields),
            ("/subsidy/batches", fields),
            {"role_required"},
        )
    maker.open("/subsidy/batches")
    row = maker.page.get_by_role("row").filter(has_text=TITLE).filter(has_text="赤壁市")
    row.get_by_role("button", name="制单").click()
    expect(maker.page.locator("h1")).to_contain_text(re.compile(r"PB-\d{4}-\d{6}"))
    return maker.heading().split()[0]


def _approves(system: System, approver: Visitor, others: list[Visitor], batch_id: str) -> None:
    for person in others:
        refused(
            system,
            person,
            (f"{API}/payment-batches/{batch_id}/approval", {"outcome": "approved"}),
            (f"/subsidy/batches/{batch_id}/approval", {"outcome": "approved"}),
            {"role_required"},
        )
    approver.open(f"/subsidy/batches/{batch_id}")
    approver.press("复核通过，报财政拨付")
    expect(approver.page.get_by_text("由您复核")).to_have_count(0)


def _allocates(system: System, finance: Visitor, others: list[Visitor], batch_id: str) -> None:
    given = {"outcome": "allocated", "document_no": "赤财社〔2024〕1号"}
    for person in others:
        refused(
            system,
            person,
            (f"{API}/payment-batches/{batch_id}/allocation", given),
            (f"/subsidy/batches/{batch_id}/allocation", given),
            {"role_required"},
        )
    finance.open("/subsidy/batches")
    finance.page.get_by_role("link", name=batch_id).click()
    finance.fill({"拨款文号": "赤财社〔2024〕1号"})
    finance.press("全额拨付")
    finance.sees("财政拨付", "彭新民", "赤财社〔2024〕1号")
