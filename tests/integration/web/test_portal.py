"""The portal with the real provider, both as WSGI applications; services stood in for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from flask.testing import FlaskClient

from shared.identity.provider import create_provider
from shared.identity.provider_settings import ProviderSettings
from shared.web.access import SESSION_COOKIE, routes_without_access
from shared.web.portal import PortalSettings, create_portal

ROOT = Path(__file__).parents[3]
PUBLIC = "http://gongjiang.test"
ENVIRON = {
    "GONGJIANG_ENVIRONMENT": "test",
    "GONGJIANG_PUBLIC_URL": PUBLIC,
    "GONGJIANG_OIDC_ISSUER": f"{PUBLIC}/identity",
    "GONGJIANG_OIDC_JWKS_URL": f"{PUBLIC}/identity/jwks",
    "GONGJIANG_OIDC_AUDIENCE": "gongjiang",
    "GONGJIANG_OIDC_CLIENT_ID": "gongjiang",
    "GONGJIANG_OIDC_CLIENT_SECRET": "secret",
    "GONGJIANG_PERSON_REF_KEY": "ab" * 32,
    "GONGJIANG_PEOPLE": str(ROOT / "deploy" / "demonstration" / "people.yaml"),
    **{
        f"GONGJIANG_{each}_URL": f"http://{each.lower()}/{each.lower()}"
        for each in ("NOMINATION", "ASSESSMENT", "SUBSIDY")
    },
}
BROWSER = {"Accept": "text/html"}
Answer = Callable[[httpx.Request], httpx.Response]


def _task(number: int, due: str | None, **more: Any) -> dict[str, Any]:
    return {
        "id": f"t{number:02}",
        "case_id": f"C-{number:02}",
        "title": {"zh": "审核", "en": "R"},
        "procedure_title": {"zh": "补贴", "en": "S"},
        "status": "ready",
        "subject_name": "张伟",
        "due_at_utc": due,
        "overdue": False,
        "reserved_by_name": None,
        **more,
    }


class Services:
    """Answers GET /tasks and /cases page by page out of lists; may be away."""

    def __init__(self) -> None:
        self.tasks: dict[str, list[dict[str, Any]]] = {}
        self.away: set[str] = set()
        self.tokens: set[str] = set()
        self.urls: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.tokens.add(request.headers["Authorization"])
        self.urls.append(str(request.url))
        if request.url.host in self.away:
            raise httpx.ConnectError("refused")
        rows = self.tasks.get(request.url.host, []) if request.url.path.endswith("tasks") else []
        start, limit = int(request.url.params.get("after", "0")), int(request.url.params["limit"])
        following = str(start + limit) if len(rows) > start + limit else None
        return httpx.Response(200, json={"items": rows[start : start + limit], "next": following})


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("identity")
    settings = ProviderSettings.from_environ({**ENVIRON, "GONGJIANG_IDENTITY_STATE": str(folder)})
    return create_provider(settings).test_client()


@pytest.fixture
def browser(provider: FlaskClient, services: Services) -> FlaskClient:
    portal = create_portal(
        PortalSettings.from_environ(ENVIRON),
        services=httpx.MockTransport(services),
        provider=httpx.WSGITransport(app=provider.application),
    )
    return portal.test_client()


def _get(browser: FlaskClient, path: str) -> Any:
    return browser.get(path, base_url=PUBLIC, headers=BROWSER)


def _sign_in(browser: FlaskClient, provider: FlaskClient, username: str, then: str = "/") -> Any:
    """What a browser does: to the provider, choose the person, back with the code."""
    begun = _get(browser, f"/sign-in?next={then}")
    page = provider.get(begun.headers["Location"]).get_data(as_text=True)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.split("</form>")[0]))
    chosen = provider.post("/identity/authorize", data={**fields, "person": username})
    back = urlsplit(chosen.headers["Location"])
    return _get(browser, f"{back.path}?{back.query}")


def test_a_person_signs_in_with_a_code_and_comes_back_to_where_they_were(
    browser: FlaskClient, provider: FlaskClient
) -> None:
    answer = _sign_in(browser, provider, "chibi-union-reviewer", "/worklist")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/worklist")
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if SESSION_COOKIE in each)
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "待办" in _get(browser, "/worklist").get_data(as_text=True)


def test_a_stolen_answer_of_the_provider_is_worth_nothing_in_another_browser(
    browser: FlaskClient, provider: FlaskClient
) -> None:
    begun = _get(browser, "/sign-in")
    state = re.search(r"state=([\w-]+)", begun.headers["Location"])
    browser.delete_cookie("gongjiang_sign_in", domain="gongjiang.test", path="/sign-in")
    answer = _get(browser, f"/sign-in/callback?code=x&state={state[1] if state else ''}")
    assert answer.status_code == 303 and "/sign-in?" in answer.headers["Location"]
    assert browser.get_cookie(SESSION_COOKIE, domain="gongjiang.test") is None


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/%5Cevil.example"])
def test_signing_in_never_leads_to_another_site(
    browser: FlaskClient, provider: FlaskClient, wanted: str
) -> None:
    assert _sign_in(browser, provider, "auditor", wanted).headers["Location"] == "/"


def test_signing_out_forgets_the_token_and_tells_the_provider(
    browser: FlaskClient, provider: FlaskClient
) -> None:
    _sign_in(browser, provider, "auditor")
    token = browser.get_cookie(SESSION_COOKIE, domain="gongjiang.test")
    headers = {"Origin": PUBLIC}
    answer = browser.post("/sign-out", base_url=PUBLIC, headers=headers)
    assert answer.headers["Location"].startswith(f"{PUBLIC}/identity/logout?")
    assert token is not None and token.value not in answer.headers["Location"]
    assert browser.get_cookie(SESSION_COOKIE, domain="gongjiang.test") is None
    assert _get(browser, "/worklist").headers["Location"] == "/sign-in?next=%2Fworklist"


def test_the_language_switch_is_remembered(browser: FlaskClient) -> None:
    form = {"lang": "en", "next": "/"}
    refused = browser.post("/language", base_url=PUBLIC, data=form)
    assert refused.status_code == 403
    browser.post("/language", base_url=PUBLIC, data=form, headers={"Origin": PUBLIC})
    assert "Ways in" in _get(browser, "/").get_data(as_text=True)


def test_the_worklist_merges_the_services_the_earliest_due_first(
    browser: FlaskClient, provider: FlaskClient, services: Services
) -> None:
    services.tasks = {
        "subsidy": [_task(1, "2024-03-05T10:00:00+00:00", overdue=True), _task(4, None)],
        "nomination": [_task(2, "2024-03-06T18:00:00+08:00")],
        "assessment": [_task(3, "2024-03-06T10:00:00.000001+00:00")],
    }
    _sign_in(browser, provider, "chibi-union-reviewer")
    page = _get(browser, "/worklist").get_data(as_text=True)
    assert re.findall(r"C-\d\d(?=</a>)", page) == ["C-01", "C-02", "C-03", "C-04"]
    assert 'class="overdue"' in page
    assert len(services.tokens) == 1 and all("Bearer" not in url for url in services.urls)


def test_the_worklist_pages_through_all_tasks_once(
    browser: FlaskClient, provider: FlaskClient, services: Services
) -> None:
    due = "2024-03-{:02}T10:00:00+00:00"
    services.tasks = {
        "subsidy": [_task(n, due.format(1 + n % 7)) for n in range(80)],
        "nomination": [_task(n, due.format(20)) for n in range(80, 95)],
        "assessment": [_task(n, due.format(3)) for n in range(95, 99)],
    }
    for rows in services.tasks.values():
        rows.sort(key=lambda row: (row["due_at_utc"], row["id"]))
    _sign_in(browser, provider, "chibi-union-reviewer")
    seen: list[str] = []
    path: str | None = "/worklist"
    for _ in range(20):
        page = _get(browser, path or "").get_data(as_text=True)
        seen += re.findall(r"C-(\d\d)(?=</a>)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
    everything = [row for rows in services.tasks.values() for row in rows]
    everything.sort(key=lambda row: (row["due_at_utc"], row["id"]))
    assert seen == [row["case_id"][2:] for row in everything]


def test_a_service_that_does_not_answer_is_said_so_and_the_others_are_shown(
    browser: FlaskClient, provider: FlaskClient, services: Services
) -> None:
    services.tasks = {"subsidy": [_task(1, None)]}
    services.away = {"assessment"}
    _sign_in(browser, provider, "chibi-union-reviewer")
    page = _get(browser, "/worklist").get_data(as_text=True)
    assert "“技能等级认定”暂时没有应答" in page and "C-01" in page
    assert "“技能等级认定”暂时没有应答" in _get(browser, "/").get_data(as_text=True)


def test_every_route_of_the_portal_says_who_may_call_it(browser: FlaskClient) -> None:
    assert routes_without_access(browser.application) == []


def test_a_position_that_is_none_is_a_page_that_says_so(
    browser: FlaskClient, provider: FlaskClient
) -> None:
    _sign_in(browser, provider, "auditor")
    for cursor in ("nonsense", "WyIxIl0"):
        answer = _get(browser, f"/worklist?after={cursor}")
        assert answer.status_code == 422
        assert "翻页位置无效" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("申请", "公示", "荣誉榜", "证书查验")),
        ("en", ("Apply", "Public notices", "Honour roll", "Verify a certificate")),
    ],
)
def test_a_stranger_finds_what_is_public_on_the_start_page(
    browser: FlaskClient, language: str, words: tuple[str, ...]
) -> None:
    asked = {**BROWSER, "Accept-Language": language}
    page = browser.get("/", base_url=PUBLIC, headers=asked).get_data(as_text=True)
    for path in ("subsidy/apply", "subsidy/notices", "nomination/honours", "assessment/verify"):
        assert f'href="/{path}"' in page
    assert all(word in page for word in words)
