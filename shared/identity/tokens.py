"""Checks access tokens: signature, issuer, audience, expiry and type. Issues none."""

import time
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from shared.identity.errors import ExpiredToken, InvalidToken
from shared.kernel.actor import Actor, Membership

ALGORITHMS = ("ES256", "RS256")
TYPES = frozenset({"at+jwt", "application/at+jwt", "jwt"})
LEEWAY_SECONDS = 30

type_of_key = {"ES256": ECKey, "RS256": RSAKey}


class Keys(Protocol):
    """Where public keys come from; `find` raises InvalidToken for an id nobody published."""

    def find(self, key_id: str) -> ECKey | RSAKey: ...


class FixedKeys:
    """Public keys known beforehand: for tests and for the provider itself."""

    def __init__(self, key_set: KeySet) -> None:
        self._keys = {key.kid: key for key in key_set.keys}

    def find(self, key_id: str) -> ECKey | RSAKey:
        key = self._keys.get(key_id)
        if not isinstance(key, (ECKey, RSAKey)):
            raise InvalidToken()
        return key


def verify_token(token: str, keys: Keys, issuer: str, audience: str) -> Actor:
    """The person of an access token. Raises InvalidToken or ExpiredToken."""
    claims = verified_claims(token, keys, issuer, audience)
    return actor_of(claims)


def verified_claims(token: str, keys: Keys, issuer: str, audience: str) -> dict[str, Any]:
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(time.time()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        decoded = jwt.decode(token, lambda unverified: _key(keys, unverified), list(ALGORITHMS))
        registry.validate(decoded.claims)
    except ExpiredTokenError:
        raise ExpiredToken() from None
    except (JoseError, ValueError, TypeError):
        raise InvalidToken() from None
    if str(decoded.header.get("typ", "")).lower() not in TYPES:
        raise InvalidToken()
    if decoded.claims.get("typ", "Bearer") != "Bearer":  # Keycloak marks ID and refresh tokens so
        raise InvalidToken()
    return dict(decoded.claims)


def _key(keys: Keys, unverified: Any) -> ECKey | RSAKey:
    header = unverified.headers()
    key_id, algorithm = header.get("kid"), header.get("alg")
    if not isinstance(key_id, str) or algorithm not in ALGORITHMS:
        raise InvalidToken()
    key = keys.find(key_id)
    if not isinstance(key, type_of_key[algorithm]):
        raise InvalidToken()
    return key


def actor_of(claims: dict[str, Any]) -> Actor:
    """Claims: sub, name, person_ref, memberships [{role, organisation, level, region}]."""
    try:
        memberships = tuple(_membership(each) for each in claims.get("memberships") or ())
        person_ref = claims["person_ref"]
        if not isinstance(person_ref, str) or not person_ref:
            raise InvalidToken()
        return Actor(
            person_ref=person_ref,
            name=str(claims.get("name") or claims["sub"]),
            memberships=memberships,
        )
    except (KeyError, TypeError, AttributeError):
        raise InvalidToken() from None


def _membership(claim: dict[str, Any]) -> Membership:
    return Membership(
        role=str(claim["role"]),
        organisation=claim.get("organisation"),
        level=claim.get("level"),
        region=claim.get("region"),
    )
