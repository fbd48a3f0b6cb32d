"""A public notice, read and objected to by somebody who is not signed in, settled by its office."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.test_pages_on_a_phone import ensure_fit
from tests.browser.visitor import Visitor
from tests.servers.system import System, until

API = "/nomination/api/v1"
NOMINEE = "42030319790302101X"
FORM = {
    "name": "韩师傅",
    "employer": "91420303MA4900002T",
    "region": "420303",
    "post": "front_line",
    "deeds": "焊接二十年，带徒三十余人。",
}
VOTES = {"minutes_no": "职代会纪要1号", "members": "60", "present": "52", "in_favour": "50",
         "against": "1", "abstain": "1"}  # fmt: skip
LATIN_CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")


def nominated(system: System, identity_number: str) -> str:
    """A nominee who won a competition, so that the rules let the case through."""
    recorder = system.person("zhangwan-bureau-officer")
    competition = recorder.post(
        f"{API}/competitions",
        {"title": "张湾区焊接竞赛", "tier": "county", "occupation": "6-18-02-04",
         "region": "420303", "held_on": today(system)},
    )  # fmt: skip
    result = {"identity_number": identity_number, "holder_name": FORM["name"], "rank": 1}
    recorder.post(f"{API}/competitions/{competition['id']}/results", {"results": [result]})
    nominee = system.person(identity_number, FORM["name"])

    def arrived() -> Any:
        return nominee.get(f"{API}/merits")["competition_results"]

    until(arrived, "the result has come by event")
    officer = system.person("dongfeng-officer")
    body = {"procedure": "skill-master", "form": {**FORM, "identity_number": identity_number}}
    return str(officer.post(f"{API}/cases", body)["id"])


def today(system: System) -> str:
    return str(system.http.get(f"{API}/procedures").json()["today"])


def test_anybody_objects_to_a_notice_and_its_office_settles_it(
    system: System, visit: Callable[..., Visitor]
) -> None:
    case_id = nominated(system, NOMINEE)
    congress = visit("dongfeng-congress")
    congress.decide(case_id, "approve", "同意推荐。", **VOTES)
    # Not the link: the page reads its timeline after the steps, and a notice may begin in between.
    congress.waits_to_see(f"/nomination/cases/{case_id}", "正在公示，至")
    congress.sees("十堰张湾东锋汽车零部件有限公司人力资源部", "0719-5002121")
    congress.sees("开始公示", "共 5 个工作日")
    congress.page.get_by_role("link", name="查看公示").first.click()
    path = congress.page.url
    anybody = visit(None)
    anybody.open(path)
    anybody.sees("韩师傅", "一线职工", "公示中", "无异议", "提出异议")
    assert NOMINEE not in anybody.page.content()
    ensure_fit(anybody, "a notice")
    anybody.press("提交异议")
    anybody.sees("请更正以下内容")
    ensure_fit(anybody, "a notice with errors")
    anybody.page.locator("#field-entry").select_option(index=1)
    anybody.fill({"异议事由": "带徒人数与事实不符。", "姓名": "路人", "联系方式": "13900000000"})
    anybody.press("提交异议")
    anybody.sees("异议已受理")
    officer = visit("dongfeng-officer2")
    officer.open_task(case_id)
    officer.sees("处理异议", "带徒人数与事实不符。")
    said = officer.main_text().replace(path.rsplit("/", 1)[1], "")
    assert not LATIN_CODE.findall(said), "codes are shown in words"
    expect(officer.page.locator("form[action$='/decision']")).to_have_count(1)
    ensure_fit(officer, "an objection to settle")
    officer.page.locator("input[name=outcome][value=dismiss]").check()
    officer.fill({"理由": "经核实，带徒协议共三十二份。"})
    officer.press("提交办理结论")
    officer.waits_to_see(f"/nomination/cases/{case_id}", "异议不成立")
    officer.sees("收到异议", "署名异议", "对公示异议的处理结论")
