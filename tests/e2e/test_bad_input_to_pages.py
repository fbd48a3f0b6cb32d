"""Garbage sent to pages: a page says what is wrong, in the reader's language; never a fault."""

from __future__ import annotations

import pytest

from tests.servers.system import System

ADDRESSES = (
    "/worklist?after=garbage",
    "/worklist?after=W10",
    "/my-cases?subsidy=garbage&nomination=%00",
    "/no-such-page",
    "/%00",
    "/%ff",
    "/subsidy/apply/no-such-procedure",
    "/subsidy/apply/%00",
    "/subsidy/apply/trainee-living-allowance?region=%00",
    "/subsidy/cases/%00",
    "/subsidy/cases/CLM-2024-999999",
    "/subsidy/cases/%F0%9F%94%A8/correct",
    "/subsidy/notices/%00",
    "/subsidy/notices?after=garbage",
    "/subsidy/batches/%00",
    "/subsidy/batches?after=garbage",
    "/nomination/honours/%00",
    "/nomination/honours?after=garbage",
    "/nomination/competitions/%00",
    "/assessment/sittings/%00",
    "/assessment/certificates/%00",
    "/assessment/verify?number=%00",
)
FORMS = (
    "/subsidy/apply/trainee-living-allowance",
    "/nomination/apply/skill-master",
    "/subsidy/tasks/%00/decision",
    "/subsidy/tasks/no-such-task/decision",
    "/subsidy/cases/%00/withdraw",
    "/subsidy/cases/%00/recheck",
    "/subsidy/cases/no-such-case/correct",
    "/subsidy/notices/%00/objections",
    "/subsidy/notices/no-such-notice/objections",
    "/subsidy/notices/no-such-notice/publish",
    "/subsidy/batches",
    "/subsidy/batches/no-such-batch/approval",
    "/subsidy/batches/no-such-batch/allocation",
    "/subsidy/budgets",
    "/assessment/sittings",
)
FIELDS = {
    "nothing": {},
    "a NUL": dict.fromkeys(("class_no", "region", "reason", "grounds", "entry", "outcome"), "\x00"),
    "much": {"deeds": "字" * 200_000, "reason": "x" * 200_000, "training_days": "9" * 4000},
    "numbers": {"training_days": "1e309", "year": "9" * 40, "amount": "1e30", "version": "-1"},
    "an action": {"action": "submit", "payee_account": "\u202e", "region": "４２１２８１"},
}


def ensure_page(system: System, method: str, path: str, lang: str, username: str, **given: object):
    headers = {"Accept": "text/html", "Accept-Language": lang}
    person = system.person(username)
    answer = person.call(method, path, headers=headers, follow_redirects=True, **given)
    where = (method, path, lang, answer.status_code, answer.text[-600:])
    assert answer.status_code < 500, where
    if answer.headers["content-type"].startswith("text/html"):
        wanted = 'lang="en"' if lang == "en" else 'lang="zh-Hans"'
        assert wanted in answer.text, where
    else:
        assert answer.status_code in (400, 404), where


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_address_that_means_nothing_is_answered_by_a_page(system: System, lang: str) -> None:
    for path in ADDRESSES:
        for username in ("jinggong-worker1", "chibi-finance-bureau-officer"):
            ensure_page(system, "GET", path, lang, username)


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_a_form_that_means_nothing_is_answered_by_a_page(
    system: System, fields: dict[str, str]
) -> None:
    people = ("jinggong-worker1", "chibi-bureau-payment-maker", "chibi-finance-bureau-officer")
    for number, path in enumerate(FORMS):
        for username in people:
            ensure_page(system, "POST", path, ("zh", "en")[number % 2], username, data=fields)
