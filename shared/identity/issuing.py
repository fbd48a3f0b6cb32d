"""Issues the local provider's tokens and its one-time authorization codes."""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from shared.identity.people import Person

ACCESS_SECONDS = 8 * 3600
CODE_SECONDS = 120


@dataclass(frozen=True)
class Issuer:
    """Makes tokens as the provider of `issuer`, for the API named `audience`."""

    issuer: str
    audience: str
    key: ECKey

    def access_token(self, person: Person, scope: str) -> str:
        claims = {"sub": person.username, "aud": self.audience, "scope": scope, **person.claims()}
        return self._signed("at+jwt", claims)

    def id_token(self, person: Person, client_id: str, nonce: str | None) -> str:
        claims: dict[str, Any] = {"sub": person.username, "aud": client_id, "name": person.name}
        if nonce:
            claims["nonce"] = nonce
        return self._signed("JWT", claims)

    def _signed(self, kind: str, claims: dict[str, Any]) -> str:
        now = int(time.time())
        header = {"alg": "ES256", "typ": kind, "kid": self.key.kid}
        times = {
            "iss": self.issuer,
            "iat": now,
            "exp": now + ACCESS_SECONDS,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode(header, {**times, **claims}, self.key, algorithms=["ES256"])


@dataclass(frozen=True)
class Grant:
    """What a code stands for until it is redeemed."""

    username: str
    client_id: str
    redirect_uri: str
    code_challenge: str
    scope: str
    nonce: str | None
    expires: float


class Codes:
    """Codes are used once and live two minutes, in the memory of the one provider process."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def issue(
        self,
        *,
        username: str,
        client_id: str,
        redirect_uri: str,
        code_challenge: str,
        scope: str,
        nonce: str | None,
    ) -> str:
        code = secrets.token_urlsafe(32)
        now = time.monotonic()
        grant = Grant(
            username, client_id, redirect_uri, code_challenge, scope, nonce, now + CODE_SECONDS
        )
        with self._lock:
            self._grants = {k: each for k, each in self._grants.items() if each.expires > now}
            self._grants[code] = grant
        return code

    def redeem(self, code: str, verifier: str, client_id: str, redirect_uri: str) -> Grant | None:
        with self._lock:
            grant = self._grants.pop(code, None)
        if grant is None or grant.expires <= time.monotonic():
            return None
        if (grant.client_id, grant.redirect_uri) != (client_id, redirect_uri):
            return None
        same = hmac.compare_digest(code_challenge(verifier), grant.code_challenge)
        return grant if same else None


def code_challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
