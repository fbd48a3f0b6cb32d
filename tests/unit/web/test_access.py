from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from shared.identity.signing_key import new_signing_key
from shared.web.access import SESSION_COOKIE, routes_without_access
from tests.signing import AUDIENCE, ISSUER, PUBLIC_URL, Issuer, Signer, a_person

MINE = "/subsidy/api/v1/claims/mine"


def test_nobody_gets_past_a_route_that_names_a_role_without_signing_in(client: FlaskClient) -> None:
    answer = client.get(MINE)
    assert answer.status_code == 401
    assert answer.json is not None and answer.json["code"] == "sign_in_required"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_one_of_the_named_roles_is_enough(client: FlaskClient, signer: Signer) -> None:
    answer = client.get(MINE, headers=signer.bearer(a_person("union.leader")))
    assert (answer.status_code, answer.json) == (200, {"name": "王建国"})


def test_another_role_is_refused_with_the_roles_that_would_do(
    client: FlaskClient, signer: Signer
) -> None:
    headers = signer.bearer(a_person("worker"), **{"Accept-Language": "en"})
    answer = client.get(MINE, headers=headers)
    assert answer.status_code == 403
    assert answer.json is not None and answer.json["code"] == "role_required"
    assert "Union reviewer, Union leader" in answer.json["remedy"]
    assert answer.json["facts"]["roles"] == ["union.reviewer", "union.leader"]


def test_access_is_checked_before_the_body_is_read(client: FlaskClient) -> None:
    assert client.post("/subsidy/api/v1/claims", json={"bad": 1}).status_code == 401


def test_a_route_without_a_mark_is_refused_and_named(
    app: Flask, client: FlaskClient, signer: Signer
) -> None:
    forgotten = "/subsidy/api/v1/claims/forgotten"
    answer = client.get(forgotten, headers=signer.bearer(a_person("worker")))
    assert answer.json is not None and answer.json["code"] == "access_not_declared"
    assert routes_without_access(app) == [f"GET {forgotten}"]


def test_the_cookie_of_the_pages_is_read_like_a_bearer_token(
    client: FlaskClient, signer: Signer
) -> None:
    client.set_cookie(SESSION_COOKIE, signer.token(a_person("union.leader")))
    assert client.get(MINE).status_code == 200


def test_a_bad_bearer_token_does_not_fall_back_to_the_cookie(
    client: FlaskClient, signer: Signer
) -> None:
    client.set_cookie(SESSION_COOKIE, signer.token(a_person("union.leader")))
    assert client.get(MINE, headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_token_of_another_key_is_refused(client: FlaskClient) -> None:
    stranger = Issuer(ISSUER, AUDIENCE, new_signing_key())
    token = stranger.access_token(a_person("union.leader"), "")
    answer = client.get(MINE, headers={"Authorization": f"Bearer {token}"})
    assert answer.json is not None and answer.json["code"] == "invalid_token"


def _change(client: FlaskClient, **headers: str) -> Any:
    return client.post("/subsidy/change", headers=headers)


def test_a_form_sent_from_another_site_is_refused(client: FlaskClient, signer: Signer) -> None:
    client.set_cookie(SESSION_COOKIE, signer.token(a_person("worker")))
    assert _change(client).status_code == 403
    assert _change(client, Origin="https://evil.example").json["code"] == "cross_site_request"
    assert _change(client, Origin="null").status_code == 403
    assert _change(client, Origin=PUBLIC_URL).status_code == 200
    assert _change(client, Origin="http://localhost").status_code == 200
    assert _change(client, Referer=f"{PUBLIC_URL}/subsidy/hello").status_code == 200


def test_a_bearer_token_needs_no_origin(client: FlaskClient, signer: Signer) -> None:
    assert _change(client, **signer.bearer(a_person("worker"))).status_code == 200


def test_a_page_sends_those_who_are_not_signed_in_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/subsidy/hello", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Fsubsidy%2Fhello"
