"""Our side of OpenID Connect: discovery, the exchange of a code, client credentials."""

import secrets
import threading
import time
from typing import Any
from urllib.parse import urlencode

import httpx

from shared.identity.errors import IdentityUnavailable, InvalidToken
from shared.identity.issuing import code_challenge

DISCOVERY = "/.well-known/openid-configuration"
KEPT_SECONDS = 300.0


class OidcClient:
    """`token_url` replaces the published token endpoint where the provider is reached by another
    way from inside than from a browser."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        token_url: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.client_id = client_id
        self._issuer, self._secret, self._token_url = issuer.rstrip("/"), client_secret, token_url
        self._http = httpx.Client(transport=transport, timeout=5.0)
        self._document: dict[str, Any] = {}
        self._read = float("-inf")

    def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Raises IdentityUnavailable. The only secrets in it are of one use and not ours to keep:
        a random state and nonce, and the hash of the verifier."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(asked)}"

    def sign_out_url(self, back: str) -> str:
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": back}
        return f"{self._endpoint('end_session_endpoint')}?{urlencode(asked)}"

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """The token answer. Raises InvalidToken for a code that is not taken."""
        return self._ask(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": redirect_uri,
            }
        )

    def client_credentials(self) -> dict[str, Any]:
        return self._ask({"grant_type": "client_credentials"})

    def _ask(self, form: dict[str, str]) -> dict[str, Any]:
        url = self._token_url or self._endpoint("token_endpoint")
        try:
            answer = self._http.post(url, data=form, auth=(self.client_id, self._secret))
        except httpx.HTTPError:
            raise IdentityUnavailable() from None
        if answer.status_code >= 500:
            raise IdentityUnavailable()
        if answer.status_code != 200:
            raise InvalidToken()
        given: dict[str, Any] = answer.json()
        return given

    def _endpoint(self, name: str) -> str:
        if time.monotonic() - self._read > KEPT_SECONDS:
            try:
                answer = self._http.get(f"{self._issuer}{DISCOVERY}")
                answer.raise_for_status()
                self._document = answer.json()
                self._read = time.monotonic()
            except (httpx.HTTPError, ValueError):
                if not self._document:
                    raise IdentityUnavailable() from None
        found = self._document.get(name)
        if not isinstance(found, str):
            raise IdentityUnavailable()
        return found


def new_verifier() -> str:
    return secrets.token_urlsafe(48)


class RenewedToken:
    """A service's own token, asked for when it is first needed and before it ends."""

    def __init__(self, client: OidcClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._token = ""
        self._until = float("-inf")

    def __call__(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                answer = self._client.client_credentials()
                self._token = str(answer["access_token"])
                self._until = time.monotonic() + 0.8 * float(answer.get("expires_in", 60))
            return self._token
