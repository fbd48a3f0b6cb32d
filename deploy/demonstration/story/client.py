"""Gongjiang over HTTP through the gateway, as one person or another."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from datetime import date
from typing import Any

import httpx

PASSWORD = "gongjiang"
PATIENCE_SECONDS = 60.0
AWAY = (502, 503, 504)


class Refused(Exception):
    """An answer that is no success; `problem` as RFC 9457 has it."""

    def __init__(self, method: str, path: str, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        self.code = str(problem.get("code", ""))
        said = problem.get("detail") or problem.get("title") or ""
        super().__init__(f"{method} {path}: {status} {self.code} {said} {problem.get('errors')}")


class Gongjiang:
    """One origin. A person signs in once; a service that is away for a moment is asked again."""

    def __init__(self, origin: str) -> None:
        self._http = httpx.Client(base_url=origin, timeout=30.0)
        self._people: dict[str, Person] = {}
        self._lock = threading.Lock()

    def person(self, username: str, name: str = "") -> Person:
        """By username; a worker by identity number and name, as on a real sign-in page."""
        with self._lock:
            if username not in self._people:
                self._people[username] = self._signed_in(username, name)
            return self._people[username]

    def today(self) -> date:
        """By the business clock of the system that is told of, wherever it runs."""
        return date.fromisoformat(self.ask("GET", "/subsidy/health", "")["today"])

    def anybody(self) -> Person:
        return Person(self, "", {"name": "公众"})

    def _signed_in(self, username: str, name: str) -> Person:
        form = {"grant_type": "password", "username": username, "password": PASSWORD, "name": name}
        answer = self.ask("POST", "/identity/token", "", data=form)
        return Person(self, answer["access_token"], _claims(answer["access_token"]))

    def ask(self, method: str, path: str, token: str, **given: Any) -> Any:
        """The answer's JSON. Raises Refused. A request has one key however often it is sent."""
        headers = {"Accept-Language": "zh", "Idempotency-Key": secrets.token_hex(16)}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self._http.request(method, path, headers=headers, **given)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if answer.status_code not in AWAY or time.monotonic() > deadline:
                    return _content(method, path, answer)
            time.sleep(0.5)


class Person:
    def __init__(self, gongjiang: Gongjiang, token: str, claims: dict[str, Any]) -> None:
        self._gongjiang, self._token = gongjiang, token
        self.name = str(claims["name"])

    def get(self, path: str, **params: Any) -> Any:
        return self._gongjiang.ask("GET", path, self._token, params=params)

    def post(self, path: str, body: Any = None, **given: Any) -> Any:
        if not given:
            given = {"json": body if body is not None else {}}
        return self._gongjiang.ask("POST", path, self._token, **given)

    def put(self, path: str, body: Any) -> Any:
        return self._gongjiang.ask("PUT", path, self._token, json=body)

    def everything(self, path: str, **params: Any) -> list[Any]:
        """All pages of a list."""
        items: list[Any] = []
        after = None
        while True:
            asked = {**params, "limit": 100, **({"after": after} if after else {})}
            page = self.get(path, **asked)
            items += page["items"]
            after = page.get("next")
            if not after:
                return items


def _content(method: str, path: str, answer: httpx.Response) -> Any:
    try:
        content = answer.json()
    except ValueError:
        content = {}
    if answer.is_success:
        return content
    raise Refused(method, path, answer.status_code, content if isinstance(content, dict) else {})


def _claims(token: str) -> dict[str, Any]:
    """What the token says of its holder; read, not trusted: it is our own."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return claims
