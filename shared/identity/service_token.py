"""A service's own access token (client credentials), fetched when needed and kept while valid."""

import threading
import time

import httpx

EARLY_SECONDS = 30.0


class ServiceToken:
    """Calling it gives a bearer token that is valid now. Raises httpx errors when the provider is
    away: the caller waits and tries again."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer.rstrip("/")
        self._client = (client_id, client_secret)
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def __call__(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        answer = httpx.post(
            self._endpoint(),
            data={"grant_type": "client_credentials"},
            auth=self._client,
            timeout=10,
        )
        answer.raise_for_status()
        body = answer.json()
        self._token = str(body["access_token"])
        self._until = time.monotonic() + float(body.get("expires_in", 300)) - EARLY_SECONDS

    def _endpoint(self) -> str:
        found = httpx.get(f"{self._issuer}/.well-known/openid-configuration", timeout=10)
        found.raise_for_status()
        return str(found.json()["token_endpoint"])
