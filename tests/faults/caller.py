"""A program that calls the system as people do while its processes die: what got no answer is
asked again under the same Idempotency-Key, until there is one."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import httpx

from tests.servers.system import PASSWORD

PATIENCE = 180.0
PAUSE = 0.3
LOST = -1  # no answer at all: refused, reset, timed out


class NoAnswer(AssertionError):
    """Nothing but outages for as long as anybody waits."""


class Caller:
    """`answers` counts every answer by status, those that were asked again among them."""

    def __init__(self, url: str) -> None:
        limits = httpx.Limits(max_connections=40, max_keepalive_connections=20)
        self._http = httpx.Client(base_url=url, timeout=20.0, limits=limits)
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()
        self.answers: Counter[int] = Counter()
        self.replayed = 0
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Nobody waits for an answer any more: the test has failed."""
        self._given_up.set()

    def get(self, username: str, path: str) -> dict[str, Any]:
        answer = self._until_answered(username, "GET", path, {}, None)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        content: dict[str, Any] = answer.json()
        return content

    def post(self, username: str, path: str, body: Any, key: str) -> httpx.Response:
        """The first answer that is none of an outage; the caller judges it."""
        headers = {"Idempotency-Key": key}
        answer = self._until_answered(username, "POST", path, headers, body)
        if answer.headers.get("Idempotency-Replayed") == "true":
            with self._lock:
                self.replayed += 1
        return answer

    def close(self) -> None:
        self._http.close()

    def _until_answered(
        self, username: str, method: str, path: str, headers: dict[str, str], body: Any
    ) -> httpx.Response:
        deadline, pause = time.monotonic() + PATIENCE, self._given_up
        while time.monotonic() < deadline and not pause.is_set():
            try:
                signed = {"Authorization": f"Bearer {self._token(username)}", **headers}
                answer = self._http.request(method, path, headers=signed, json=body)
            except httpx.TransportError:
                self._count(LOST)
                pause.wait(PAUSE)
                continue
            self._count(answer.status_code)
            if answer.status_code == 401:
                self._tokens.pop(username, None)
            elif answer.status_code < 500:
                return answer
            pause.wait(PAUSE)
        raise NoAnswer(f"{method} {path} as {username}")

    def _token(self, username: str) -> str:
        token = self._tokens.get(username)
        if token is None:
            form = {"grant_type": "password", "username": username, "password": PASSWORD}
            answer = self._http.post("/identity/token", data=form)
            if answer.status_code >= 500:
                raise httpx.ConnectError("the identity provider is away")
            assert answer.status_code == 200, (username, answer.text)
            token = self._tokens[username] = str(answer.json()["access_token"])
        return token

    def _count(self, status: int) -> None:
        with self._lock:
            self.answers[status] += 1
