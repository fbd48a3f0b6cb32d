"""The main pages on a phone: nothing wider than the screen, nothing that axe finds serious."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.claims import filed
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.servers.system import System

FORM = "/subsidy/apply/trainee-living-allowance?region=421281"
PAGES = {
    None: ["/", "/subsidy/", "/nomination/", "/assessment/", "/subsidy/notices",
           "/nomination/honours", "/assessment/verify", "/sign-in", "/no-such-page"],
    "jinggong-worker5": ["/", "/my-cases", "/subsidy/apply", FORM],
    "jinggong-officer": ["/worklist", "/assessment/sittings"],
    "chibi-bureau-payment-maker": ["/subsidy/batches", "/subsidy/budgets"],
}  # fmt: skip


def ensure_fit(person: Visitor, where: str) -> None:
    beyond = person.width_beyond_the_screen()
    assert beyond <= 0, f"{where} is {beyond} pixels wider than the screen"
    found = Axe().run(person.page).response["violations"]
    serious = [
        f"{where}: {each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert not serious, "\n".join(serious)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("username", PAGES, ids=str)
def test_the_main_pages_fit_and_axe_finds_nothing_serious(
    visit: Callable[..., Visitor], username: str | None, viewport: tuple[int, int]
) -> None:
    person = visit(username, viewport=viewport)
    for path in PAGES[username]:
        person.open(path)
        ensure_fit(person, path)


def test_a_case_with_its_decision_form_fits(system: System, visit: Callable[..., Visitor]) -> None:
    case_id = filed(system)
    officer = visit("jinggong-officer2")
    officer.open_task(case_id)
    ensure_fit(officer, "a case to decide")
    officer.press("提交办理结论")
    officer.sees("请更正以下内容")
    ensure_fit(officer, "a case with an error")


def test_errors_stand_on_top_and_beside_their_fields(visit: Callable[..., Visitor]) -> None:
    applicant = visit("jinggong-worker5")
    applicant.open(FORM)
    applicant.fill(
        {
            "出勤天数": "很多",
            "所在地区": "421281",
            "收款银行卡（社保卡）账号": "6217850000000000000",
        }
    )
    applicant.press("核对并继续")
    summary = applicant.page.get_by_role("alert")
    expect(summary).to_contain_text("请更正以下内容")
    for name in ("class_no", "training_ended_on", "training_days", "employer", "payee_account"):
        expect(summary.locator(f"a[href='#field-{name}']")).to_be_visible()
        field = applicant.page.locator(f"#field-{name}")
        expect(field).to_have_attribute("aria-invalid", "true")
        described = field.get_attribute("aria-describedby") or ""
        beside = applicant.page.locator(f"#{described.split()[-1]}")
        expect(beside).to_be_visible()
    expect(applicant.page.locator("#field-training_days")).to_have_value("很多")
    expect(applicant.page.locator("#field-region")).to_have_value("421281")
    summary.locator("a[href='#field-training_days']").click()
    expect(applicant.page.locator("#field-training_days")).to_be_focused()
    ensure_fit(applicant, "a form with errors")
