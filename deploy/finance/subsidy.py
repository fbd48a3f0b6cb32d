"""Subsidy's public API, as the finance system's service account calls it."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx

TIMEOUT_SECONDS = 10.0


class Away(Exception):
    """It did not answer, or not now: try again later."""


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
        answer = self._ask("GET", "/events", params={"after": after, "limit": limit})
        return list(answer["events"])

    def batch(self, batch_id: str) -> list[dict[str, Any]]:
        """The payments of a batch as they stand now, with their payees; [] if there is none."""
        batch = self._ask("GET", f"/payment-batches/{batch_id}", missing={"payments": []})
        payments = list(batch["payments"])
        if any(item["payee"] is None for item in payments):
            raise Away(f"batch {batch_id}: the service account may not read payees")
        return payments

    def report(self, batch_id: str, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """What became of each line, in order."""
        path = f"/payment-batches/{batch_id}/status-reports"
        return list(self._ask("POST", path, json=list(lines))["results"])

    def _ask(self, method: str, path: str, missing: Any = None, **given: Any) -> Any:
        """`missing`: the answer where subsidy says 404. Raises Away."""
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
            if missing is not None and answer.status_code == httpx.codes.NOT_FOUND:
                return missing
            if answer.status_code == httpx.codes.CONFLICT:
                code = answer.json().get("code")
                if code == "feed_behind":
                    raise FeedRestored(f"{code}: its last number is before {given['params']}")
                raise Away(f"{method} {path}: {code}, see README")
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise Away(f"{method} {path}: {type(error).__name__}") from error
