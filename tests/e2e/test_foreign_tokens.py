"""Whoever is not known is asked to sign in, whatever they say they are."""

from __future__ import annotations

import pytest

from tests.e2e.test_bad_input import SERVICES, complaint
from tests.servers.system import System

TOKENS = {
    "a word": "null",
    "garbage": "garbage",
    "unsigned": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwibmFtZSI6IngifQ.",
    "another key": (
        "eyJhbGciOiJFUzI1NiIsImtpZCI6Im90aGVyIn0.eyJzdWIiOiJ4In0."
        "MEUCIQDabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789AAAAAAAAAAAA"
    ),
    "long": "a" * 6000,
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_a_foreign_token_is_asked_to_sign_in(system: System, service: str, token: str) -> None:
    for lang in ("zh", "en"):
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": lang}
        answer = system.http.get(f"/{service}/api/v1/tasks", headers=headers)
        assert answer.status_code == 401, answer.text
        assert complaint(answer, lang) is None, answer.text
        assert "Bearer" in answer.headers["www-authenticate"]


def test_a_token_that_was_changed_is_not_taken(system: System) -> None:
    head, body, signature = system.person("jinggong-worker1").token.split(".")
    for changed in (
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body[:-2]}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
    ):
        headers = {"Authorization": f"Bearer {changed}"}
        answer = system.http.get("/subsidy/api/v1/cases", headers=headers)
        assert answer.status_code == 401, (changed[-20:], answer.text)
        assert complaint(answer, "zh") is None
