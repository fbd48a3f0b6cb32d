import json
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from shared.web.logs import describe
from tests.signing import Signer, a_person
from tests.unit.web.conftest import ERRORS

API = "/subsidy/api/v1"


def _problem(answer: Any) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.data)
    assert body["status"] == answer.status_code
    assert None not in body.values()
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        (f"{API}/nothing", "GET", 404, "no_such_address"),
        (f"{API}/claims/mine", "DELETE", 405, "method_not_allowed"),
        ("/subsidy/nothing", "GET", 404, "no_such_address"),
        ("/elsewhere", "GET", 404, "no_such_address"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    client: FlaskClient, path: str, method: str, status: int, code: str
) -> None:
    answer = client.open(path, method=method)
    body = _problem(answer)
    assert (answer.status_code, body["code"]) == (status, code)
    assert body["type"] == f"urn:gongjiang:problem:{code}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_refusal_says_what_to_do(client: FlaskClient, signer: Signer, lang: str) -> None:
    headers = {**signer.bearer(a_person("worker")), "Accept-Language": lang}
    answers = [
        client.get("/subsidy/api/v1/no-such-thing", headers=headers),
        client.delete(f"{API}/claims/mine", headers=headers),
        client.post(f"{API}/claims", data="{", content_type="application/json", headers=headers),
        client.post(f"{API}/claims", data="<a/>", content_type="application/xml", headers=headers),
        client.post(f"{API}/claims", json={}, headers=headers),
        client.get(f"{API}/claims/mine", headers=headers),
        client.get(f"{API}/claims/mine", headers={"Accept-Language": lang}),
    ]
    assert [each.status_code for each in answers] == [404, 405, 400, 415, 422, 403, 401]
    for answer in answers:
        remedy = _problem(answer)["remedy"]
        assert any("㐀" <= each <= "鿿" for each in remedy) == (lang == "zh"), remedy


def test_a_refused_method_says_which_are_taken(client: FlaskClient) -> None:
    assert "GET" in client.delete(f"{API}/claims/mine").headers["Allow"]


def test_json_that_cannot_be_read_is_a_problem(client: FlaskClient, signer: Signer) -> None:
    headers = signer.bearer(a_person("worker"), **{"Content-Type": "application/json"})
    answer = client.post(f"{API}/claims", data="{nonsense", headers=headers)
    assert _problem(answer)["code"] == "bad_request"
    assert answer.status_code == 400


def test_a_number_of_thousands_of_digits_is_a_problem(client: FlaskClient, signer: Signer) -> None:
    body = '{"title": "ab", "rows": [{"amount_fen": ' + "9" * 5000 + "}]}"
    headers = signer.bearer(a_person("worker"))
    answer = client.post(
        f"{API}/claims", data=body, content_type="application/json", headers=headers
    )
    assert (answer.status_code, _problem(answer)["code"]) == (400, "bad_request")


def test_a_body_of_another_type_is_a_problem(client: FlaskClient, signer: Signer) -> None:
    headers = signer.bearer(a_person("worker"), **{"Content-Type": "text/plain"})
    answer = client.post(f"{API}/claims", data="hello", headers=headers)
    assert answer.status_code == 415
    assert _problem(answer)["code"] == "unsupported_content_type"


def test_a_body_that_is_too_large_is_a_problem(
    app: Flask, client: FlaskClient, signer: Signer
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    answer = client.post(
        f"{API}/claims", json={"title": "x" * 200}, headers=signer.bearer(a_person("worker"))
    )
    assert answer.status_code == 413
    assert _problem(answer)["code"] == "too_large"


def test_validation_names_every_bad_field_in_the_asked_language(
    client: FlaskClient, signer: Signer
) -> None:
    body = {"title": "toolong", "rows": [{"amount_fen": 1}, {"amount_fen": "x"}, {}], "more": 1}
    shown = {}
    for lang in ("zh", "en"):
        headers = signer.bearer(a_person("worker"), **{"Accept-Language": lang})
        answer = client.post(f"{API}/claims", json=body, headers=headers)
        assert answer.status_code == 422
        assert answer.headers["Content-Language"] == ("en" if lang == "en" else "zh-Hans")
        problem = _problem(answer)
        assert problem["code"] == "several_errors"
        shown[lang] = {each["field"]: each["detail"] for each in problem["errors"]}
    assert shown["zh"] == {
        "title": "长度应在 2 与 5 之间。",
        "rows.1.amount_fen": "应为整数。",
        "rows.2.amount_fen": "请填写此项。",
        "more": "没有这个字段。",
    }
    assert shown["en"]["rows.2.amount_fen"] == "Missing data for required field."
    assert shown["en"].keys() == shown["zh"].keys()


def test_errors_of_the_domain_are_listed_with_field_row_and_remedy(client: FlaskClient) -> None:
    answer = client.get(f"{API}/claims/several", headers={"Accept-Language": "en"})
    first, second = _problem(answer)["errors"]
    assert first == {"code": "invalid_field", "field": "phone", "detail": "The number is wrong."}
    assert (second["row"], second["field"]) == (7, "identity_number")
    assert second["remedy"]


def test_the_same_errors_are_a_page_for_a_browser(client: FlaskClient) -> None:
    answer = client.get("/subsidy/broken", headers={"Accept": "text/html", "Accept-Language": "en"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#field-phone"' in page and "The number is wrong." in page
    assert '<html lang="en">' in page


def test_a_fault_of_ours_tells_the_caller_nothing_of_it(client: FlaskClient) -> None:
    answer = client.get(f"{API}/claims/bug")
    assert (answer.status_code, _problem(answer)["code"]) == (500, "internal_error")
    assert "421281" not in answer.get_data(as_text=True)


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(client: FlaskClient) -> None:
    answer = client.get(f"{API}/claims/database")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert _problem(answer)["code"] == "database_unavailable"


def test_a_logged_fault_shows_its_frames_and_not_what_the_database_quotes() -> None:
    try:
        raise ERRORS["bug"]
    except RuntimeError as error:
        assert "test_problems.py" in describe(error)
    quoted = OperationalError("INSERT", {"name": "王建国"}, psycopg.Error("Key (name)=(王建国)"))
    assert "王建国" not in describe(quoted)


def test_a_given_request_id_is_kept_and_a_strange_one_is_not(client: FlaskClient) -> None:
    kept = client.get(f"{API}/nothing", headers={"X-Request-Id": "trace-abc-123"})
    assert kept.headers["X-Request-Id"] == "trace-abc-123"
    strange = client.get(f"{API}/nothing", headers={"X-Request-Id": "421281200103072010"})
    assert strange.headers["X-Request-Id"] != "421281200103072010"
