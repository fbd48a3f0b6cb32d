"""Whoever switches to English reads English: only names and the way back stay Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import yaml
from playwright.sync_api import expect

from tests.browser.claims import filed
from tests.browser.visitor import Visitor
from tests.servers.system import ROOT, System

CHINESE = re.compile(r"[㐀-鿿　-〿！-～]+")
DEMONSTRATION = ROOT / "deploy" / "demonstration"
BACK = "中文"


def names(found: object) -> set[str]:
    """Every name of a person or an organisation that the demonstration knows."""
    if isinstance(found, dict):
        name = found.get("name")
        said = name.get("zh") if isinstance(name, dict) else name
        own = {said} if isinstance(said, str) else set()
        return own.union(*(names(each) for each in found.values()))
    if isinstance(found, list):
        return set().union(*(names(each) for each in found))
    return set()


NAMES = sorted(
    {
        name
        for file in ("people.yaml", "directory.yaml")
        for name in names(yaml.safe_load((DEMONSTRATION / file).read_text(encoding="utf-8")))
    },
    key=len,
    reverse=True,
)


def honoured(person: Visitor) -> list[str]:
    """The public roll may name people whom the demonstration made up on the way."""
    roll = person.page.request.get("/nomination/api/v1/honours?limit=100").json()
    return [each["holder_name"] for each in roll["items"]]


def ensure_english(person: Visitor, where: str) -> None:
    said = person.page.locator("body").inner_text().replace(BACK, "")
    said += person.page.title()
    for name in [*NAMES, *honoured(person)]:
        said = said.replace(name, "")
    left = CHINESE.findall(said)
    assert not left, f"{where} still says {left}"
    assert person.page.locator("html").get_attribute("lang") == "en"


@pytest.fixture
def english(visit: Callable[..., Visitor]) -> Callable[[str | None], Visitor]:
    """Signs in in Chinese, then presses the button."""

    def one(username: str | None) -> Visitor:
        person = visit(username)
        person.open("/")
        person.press("English")
        expect(person.page.locator("html")).to_have_attribute("lang", "en")
        return person

    return one


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        (None, ["/", "/subsidy/", "/nomination/", "/assessment/", "/subsidy/notices",
                "/nomination/honours", "/assessment/verify", "/no-such-page"]),
        ("jinggong-worker6", ["/", "/my-cases", "/subsidy/apply/trainee-living-allowance",
                              "/nomination/apply/skill-master", "/nomination/merits"]),
        ("chibi-bureau-payment-maker", ["/subsidy/batches", "/subsidy/budgets"]),
        ("jiangxin-officer1", ["/assessment/sittings", "/assessment/sittings/new"]),
    ],
    ids=["public", "worker", "maker", "organisation"],
)  # fmt: skip
def test_english_pages_have_no_chinese(
    english: Callable[[str | None], Visitor], username: str | None, paths: list[str]
) -> None:
    person = english(username)
    for path in paths:
        person.open(path)
        ensure_english(person, path)


def test_an_officer_decides_in_english(
    system: System, english: Callable[[str | None], Visitor]
) -> None:
    case_id = filed(system)
    officer = english("jinggong-officer")
    officer.open_task(case_id)
    ensure_english(officer, "the case")
    officer.open("/worklist")
    ensure_english(officer, "the worklist")
    officer.decide(case_id, "confirm")
    ensure_english(officer, "the decided case")


def test_a_form_with_errors_is_english_too(
    system: System, english: Callable[[str | None], Visitor]
) -> None:
    applicant = english("jinggong-worker6")
    applicant.open("/subsidy/apply/trainee-living-allowance")
    applicant.press("Check and go on")
    expect(applicant.page.get_by_role("alert")).to_be_visible()
    ensure_english(applicant, "the form with errors")


def test_the_language_stays_chosen_and_can_be_left(visit: Callable[..., Visitor]) -> None:
    anybody = visit(None)
    anybody.open("/subsidy/notices")
    anybody.press("English")
    expect(anybody.page).to_have_url(re.compile("/subsidy/notices$"))
    anybody.open("/nomination/honours")
    ensure_english(anybody, "/nomination/honours")
    anybody.press(BACK)
    expect(anybody.page.locator("html")).to_have_attribute("lang", "zh-Hans")
