"""Subsidy's public API, as the finance system's service account calls it."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx

TIMEOUT_SECONDS = 10.0
NOT_NOW = (401, 408, 429, 502, 503, 504)  # whatever was asked for


class Away(Exception):
    """It did not answer, or not now: try again later."""


class Refused(Away):
    """It answered, but not with what was asked for: the next request may well be answered."""


class FeedRestored(Exception):
    """The feed does not go on from what was read of it: subsidy was restored from a copy, and gives
    numbers anew. Nothing is taken until people have settled what was lost; see README."""


class Token:
    """An access token by client credentials, asked for anew before it ends."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self._url, self._client = url, (client_id, client_secret)
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def __call__(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                answer = httpx.post(
                    self._url,
                    data={"grant_type": "client_credentials"},
                    auth=self._client,
                    timeout=TIMEOUT_SECONDS,
                )
                answer.raise_for_status()
                given = answer.json()
                self._token = str(given["access_token"])
                lives = float(given.get("expires_in", 60))
                self._until = time.monotonic() + max(1.0, lives - 30)
            return self._token


class Subsidy:
    def __init__(self, base_url: str, token: Token) -> None:
        self._token = token
        self._http = httpx.Client(base_url=f"{base_url}/api/v1", timeout=TIMEOUT_SECONDS)

    def events(self, after: int, limit: int = 200) -> list[dict[str, Any]]:
        """The feed: every event above `after`, in order. Raises FeedRestored, Away."""
        return self._list("events", "GET", "/events", params={"after": after, "limit": limit})

    def batch(self, batch_id: str) -> list[dict[str, Any]]:
        """The payments of a batch as they stand now, with their payees; [] if there is none.
        Raises Refused, Away."""
        payments = self._list("payments", "GET", f"/payment-batches/{batch_id}", missing=[])
        if any(item["payee"] is None for item in payments):
            raise Refused("the service account may not read payees")
        return payments

    def report(self, batch_id: str, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """What became of each line, in order. Raises Refused, Away."""
        path = f"/payment-batches/{batch_id}/status-reports"
        results = self._list("results", "POST", path, json=list(lines))
        if len(results) != len(lines):
            raise Refused(f"{len(results)} results for {len(lines)} lines")
        return results

    def _list(
        self,
        name: str,
        method: str,
        path: str,
        missing: list[dict[str, Any]] | None = None,
        **given: Any,
    ) -> list[dict[str, Any]]:
        """The list `name` of the answer; `missing` where subsidy says 404."""
        try:
            answer = self._http.request(
                method,
                path,
                headers={
                    "Authorization": f"Bearer {self._token()}",
                    "Accept": "application/json",
                },
                **given,
            )
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Away(f"{method} {path}: {type(error).__name__}") from error
        if missing is not None and answer.status_code == httpx.codes.NOT_FOUND:
            return missing
        try:
            content = answer.json()
            if answer.is_success:
                return list(content[name])
            code = content.get("code")
        except (ValueError, KeyError, TypeError, AttributeError):
            code = "not what the API says"
        if code == "feed_behind":
            raise FeedRestored(f"{code}: its last number is before {given['params']['after']}")
        refused = Away if answer.status_code in NOT_NOW else Refused
        raise refused(f"{method} {path}: {answer.status_code} {code}")
