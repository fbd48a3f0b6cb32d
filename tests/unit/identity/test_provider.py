import base64
import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from shared.identity import grants
from shared.identity.issuing import code_challenge
from shared.identity.provider import create_provider
from shared.identity.provider_settings import ProviderSettings, RefusedInProduction
from shared.identity.refusals import GRANTS
from shared.kernel.identity_number import person_ref

DEMONSTRATION = Path(__file__).parents[3] / "deploy" / "demonstration"
VERIFIER = "v" * 50
REDIRECT = "http://gongjiang.test/sign-in/callback"
KEY = "ab" * 32


def _environ(folder: Path, **changed: str) -> dict[str, str]:
    return {
        "GONGJIANG_ENVIRONMENT": "test",
        "GONGJIANG_PUBLIC_URL": "http://gongjiang.test",
        "GONGJIANG_OIDC_ISSUER": "http://gongjiang.test/identity",
        "GONGJIANG_OIDC_AUDIENCE": "gongjiang",
        "GONGJIANG_OIDC_CLIENT_ID": "portal",
        "GONGJIANG_OIDC_CLIENT_SECRET": "secret",
        "GONGJIANG_FINANCE_CLIENT_ID": "gongjiang-finance",
        "GONGJIANG_FINANCE_CLIENT_SECRET": "finance secret",
        "GONGJIANG_PERSON_REF_KEY": KEY,
        "GONGJIANG_IDENTITY_STATE": str(folder / "identity"),
        "GONGJIANG_PEOPLE": str(DEMONSTRATION / "people.yaml"),
        **changed,
    }


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    tmp_path = tmp_path_factory.mktemp("provider")
    return create_provider(ProviderSettings.from_environ(_environ(tmp_path))).test_client()


def _asked(**changed: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": REDIRECT,
        "state": "s",
        "nonce": "n",
        "code_challenge": code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }


def _code(provider: FlaskClient) -> str:
    answer = provider.post("/identity/authorize", data={**_asked(), "person": "jinggong-worker1"})
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["s"]
    return query["code"][0]


def _redeem(provider: FlaskClient, given: str, **changed: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "code": given,
        "code_verifier": VERIFIER,
        "redirect_uri": REDIRECT,
        "client_id": "portal",
        "client_secret": "secret",
        **changed,
    }
    return provider.post("/identity/token", data=form)


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def test_it_refuses_to_run_in_production(tmp_path: Path) -> None:
    for environment in ("production", ""):
        with pytest.raises(RefusedInProduction):
            ProviderSettings.from_environ(_environ(tmp_path, GONGJIANG_ENVIRONMENT=environment))


def test_missing_settings_are_named_together(tmp_path: Path) -> None:
    broken = _environ(tmp_path, GONGJIANG_PEOPLE="", GONGJIANG_OIDC_CLIENT_ID="")
    with pytest.raises(ValueError, match=r"GONGJIANG_OIDC_CLIENT_ID, GONGJIANG_PEOPLE"):
        ProviderSettings.from_environ(broken)


def test_the_signing_key_outlives_a_restart_and_is_its_owners_alone(tmp_path: Path) -> None:
    settings = ProviderSettings.from_environ(_environ(tmp_path))
    first = create_provider(settings).test_client().get("/identity/jwks").json
    assert create_provider(settings).test_client().get("/identity/jwks").json == first
    assert first is not None and "d" not in first["keys"][0]
    assert (tmp_path / "identity" / "signing-key.json").stat().st_mode & 0o077 == 0


def test_its_own_address_leads_to_the_applications_sign_in(provider: FlaskClient) -> None:
    answer = provider.get("/identity/")
    assert (answer.status_code, answer.location) == (303, "http://gongjiang.test/sign-in")


def test_the_page_lists_the_people_and_works_in_english(provider: FlaskClient) -> None:
    page = provider.get("/identity/authorize", query_string=_asked()).get_data(as_text=True)
    assert 'value="jinggong-worker1"' in page and "登录（演示身份）" in page
    assert not re.search(r"\d{17}[0-9X]", page)
    english = provider.get(
        "/identity/authorize", query_string=_asked(), headers={"Accept-Language": "en"}
    ).get_data(as_text=True)
    assert "Sign in (demonstration people)" in english
    assert "Payment maker Chibi" in english and "拨付制单 赤壁市" in page
    assert not re.search(r">[^<]*bureau\.payment_maker", english)


def test_a_code_is_exchanged_once_for_the_tokens_of_that_person(provider: FlaskClient) -> None:
    code = _code(provider)
    answer = _redeem(provider, code)
    assert answer.status_code == 200
    claims = _claims(answer.json["access_token"])
    assert claims["person_ref"] == person_ref("421281198308120637", bytes.fromhex(KEY))
    assert claims["memberships"][0]["organisation"] == "91421281MA4900001X"
    assert "421281198308120637" not in json.dumps(claims)
    assert _claims(answer.json["id_token"])["nonce"] == "n"
    assert _redeem(provider, code).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 50},
        {"redirect_uri": "http://gongjiang.test/other"},
        {"client_secret": "guess"},
        {"client_id": "other"},
        {"code": "guess"},
    ],
)
def test_a_code_needs_its_verifier_its_address_and_its_client(
    provider: FlaskClient, changed: dict[str, str]
) -> None:
    answer = _redeem(provider, _code(provider), **changed)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.json


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://evil.example/"},
        {"client_id": "other"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
    ],
)
def test_it_never_redirects_to_an_address_that_is_not_registered(
    provider: FlaskClient, changed: dict[str, str]
) -> None:
    answer = provider.get("/identity/authorize", query_string=_asked(**changed))
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


def test_the_finance_system_signs_in_with_its_own_secret(provider: FlaskClient) -> None:
    form = {"grant_type": "client_credentials", "client_id": "gongjiang-finance"}
    wrong = provider.post("/identity/token", data={**form, "client_secret": "guess"})
    assert wrong.json["error"] == "invalid_client"
    right = provider.post("/identity/token", data={**form, "client_secret": "finance secret"})
    assert right.json is not None
    roles = {each["role"] for each in _claims(right.json["access_token"])["memberships"]}
    assert roles == {"finance.system", "events.reader"}


def _password(provider: FlaskClient, username: str, **more: str) -> Any:
    form = {"grant_type": "password", "username": username, "password": "gongjiang", **more}
    return provider.post("/identity/token", data=form)


def test_tests_and_the_demo_act_as_anyone_with_the_password(provider: FlaskClient) -> None:
    assert _password(provider, "chibi-union-reviewer").status_code == 200
    assert _password(provider, "chibi-union-reviewer", password="x").status_code == 400
    assert _password(provider, "finance").json["error"] == "invalid_grant"


def test_a_worker_of_a_roster_signs_in_by_number_and_name(provider: FlaskClient) -> None:
    answer = _password(provider, "42030319850101003X", name="焊工甲")
    claims = _claims(answer.json["access_token"])
    assert claims["person_ref"] == person_ref("42030319850101003X", bytes.fromhex(KEY))
    assert claims["sub"].startswith("worker-") and claims["name"] == "焊工甲"
    assert [each["role"] for each in claims["memberships"]] == ["worker"]
    known = _password(provider, "421281198308120637", name="somebody else")
    assert _claims(known.json["access_token"])["sub"] == "jinggong-worker1"
    assert _password(provider, "420303198501010031", name="x").status_code == 400


def test_userinfo_takes_the_access_token_only(provider: FlaskClient) -> None:
    token = _password(provider, "jinggong-worker1").json["access_token"]
    shown = provider.get("/identity/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert shown.json is not None and shown.json["name"] == "张伟"
    assert provider.get("/identity/userinfo").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "form", "status"),
    [
        ("GET", "/identity/authorize", {}, 400),
        ("POST", "/identity/token", {"grant_type": "refresh_token"}, 400),
        ("POST", "/identity/token", {"grant_type": "password", "username": "x"}, 400),
        ("POST", "/identity/token", {"grant_type": "client_credentials"}, 401),
        ("GET", "/identity/userinfo", {}, 401),
        ("GET", "/identity/no-such-page", {}, 404),
        ("DELETE", "/identity/token", {}, 405),
    ],
)
def test_a_refusal_is_told_in_the_readers_language(
    provider: FlaskClient, method: str, path: str, form: dict[str, str], status: int
) -> None:
    for lang in ("zh", "en"):
        asked = {"Accept-Language": lang}
        answer = provider.open(path, method=method, data=form, headers=asked)
        told = answer.get_json(force=True)
        said = told.get("error_description") or told["detail"]
        assert "error" in told or told["remedy"]
        page = provider.open(
            path, method=method, data=form, headers={**asked, "Accept": "text/html"}
        )
        assert (answer.status_code, page.status_code) == (status, status)
        assert bool(re.search("[㐀-鿿]", said)) == (lang == "zh"), said
        assert page.mimetype == "text/html" and said in html.unescape(page.text)


def test_every_refusal_has_its_words() -> None:
    source = (Path(grants.__file__).parent / "provider.py").read_text(encoding="utf-8")
    source += Path(grants.__file__).read_text()
    assert set(re.findall(r'GrantRefused\("(\w+)"', source)) == set(GRANTS)
