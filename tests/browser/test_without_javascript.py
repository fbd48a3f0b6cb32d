"""Everything works in a browser that runs no script."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.claims import by_label, filed
from tests.browser.visitor import Visitor
from tests.servers.system import System


def test_a_claim_is_filed_and_decided_without_javascript(
    system: System, visit: Callable[..., Visitor]
) -> None:
    applicant = visit("jinggong-worker3", javascript=False)
    applicant.open("/subsidy/apply/trainee-living-allowance?region=421281")
    applicant.fill(by_label(system))
    applicant.press("核对并继续")
    applicant.sees("提交前核对")
    applicant.press("确认并提交")
    expect(applicant.page.locator("h1")).to_contain_text(re.compile(r"CLM-\d{4}-\d{6}"))
    case_id = applicant.heading().split()[0]
    visit("jinggong-officer", javascript=False).decide(case_id, "confirm")
    applicant.waits_to_see(f"/subsidy/cases/{case_id}", "现在办理：工会审核")
    applicant.sees("确认属实", "王建国")


def test_a_refusal_is_shown_beside_the_form_without_javascript(
    system: System, visit: Callable[..., Visitor]
) -> None:
    case_id = filed(system)
    officer = visit("jinggong-officer2", javascript=False)
    officer.open_task(case_id)
    officer.page.locator("input[name=outcome][value=return]").check()
    officer.press("提交办理结论")
    officer.sees("请更正以下内容", "必须写明理由")
    expect(officer.page.locator("input[name=outcome][value=return]")).to_be_checked()
    officer.fill({"理由": "出勤记录与单位考勤不符，请补正。"})
    officer.press("提交办理结论")
    officer.sees("退回补正", "出勤记录与单位考勤不符，请补正。")


def test_a_returned_claim_is_corrected_without_javascript(
    system: System, visit: Callable[..., Visitor]
) -> None:
    case_id = filed(system, "jinggong-worker4")
    system.person("jinggong-officer").decide("subsidy", case_id, "return", "天数应为 9 天。")
    applicant = visit("jinggong-worker4", javascript=False)
    applicant.waits_to_see(f"/subsidy/cases/{case_id}", "天数应为 9 天。")
    applicant.page.get_by_role("link", name="补正并重新提交").click()
    applicant.fill({"出勤天数": "9"})
    applicant.press("确认并提交")
    applicant.waits_to_see(f"/subsidy/cases/{case_id}", "现在办理：单位确认出勤")
    applicant.sees("450.00 元")
