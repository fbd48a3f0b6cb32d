import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from shared.identity.errors import ExpiredToken, IdentityUnavailable, InvalidToken
from shared.identity.jwks import PublishedKeys
from shared.identity.signing_key import new_signing_key, public_keys
from shared.identity.tokens import FixedKeys, verify_token

ISSUER, AUDIENCE = "http://gongjiang.test/identity", "gongjiang"
KEY = new_signing_key()
KEYS = FixedKeys(public_keys(KEY))


def _token(key: Any = KEY, alg: str = "ES256", typ: str = "at+jwt", **changed: Any) -> str:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": int(time.time()) + 60,
        "sub": "wang",
        "name": "王建国",
        "person_ref": "ref",
        "memberships": [
            {"role": "union.reviewer", "organisation": None, "level": "county", "region": "421281"}
        ],
    }
    claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    return jwt.encode({"alg": alg, "typ": typ, "kid": KEY.kid}, claims, key, algorithms=[alg])


def test_a_good_token_names_the_person_and_their_memberships() -> None:
    actor = verify_token(_token(), KEYS, ISSUER, AUDIENCE)
    assert (actor.person_ref, actor.name) == ("ref", "王建国")
    assert actor.memberships[0].region == "421281" and actor.has_role("union.reviewer")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://other"},
        {"aud": "other"},
        {"aud": None},
        {"exp": None},
        {"sub": None},
        {"person_ref": None},
        {"person_ref": 7},
        {"memberships": ["x"]},
        {"typ": "ID"},
        {"memberships": 3},
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(changed: dict[str, Any]) -> None:
    claims = dict(changed)
    payload_type = claims.pop("typ", None)
    token = _token(**claims) if payload_type is None else _with_payload_type(payload_type)
    with pytest.raises(InvalidToken):
        verify_token(token, KEYS, ISSUER, AUDIENCE)


def _with_payload_type(value: str) -> str:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": int(time.time()) + 60,
        "sub": "w",
        "person_ref": "r",
        "typ": value,
    }
    return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": KEY.kid}, claims, KEY)


def test_an_expired_token_says_so() -> None:
    with pytest.raises(ExpiredToken):
        verify_token(_token(exp=int(time.time()) - 120), KEYS, ISSUER, AUDIENCE)


def test_another_type_of_token_is_refused() -> None:
    with pytest.raises(InvalidToken):
        verify_token(_token(typ="logout+jwt"), KEYS, ISSUER, AUDIENCE)


def test_algorithms_are_pinned() -> None:
    """Neither none nor a MAC made with the public key as its secret."""
    secret = OctKey.import_key(str(KEY.as_dict(private=False)["x"]))
    claims = _token().split(".")[1]
    none = f"eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{claims}."
    forged = jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": KEY.kid}, {"sub": "w"}, secret)
    for token in (none, forged, "", "a.b.c", _token() + "x"):
        with pytest.raises(InvalidToken):
            verify_token(token, KEYS, ISSUER, AUDIENCE)


def test_the_key_must_be_of_the_kind_that_the_algorithm_says() -> None:
    other = RSAKey.generate_key(2048)
    with pytest.raises(InvalidToken):
        verify_token(_token(other, "RS256"), KEYS, ISSUER, AUDIENCE)


class Published:
    """A provider's key document that can change and go away."""

    def __init__(self) -> None:
        self.keys: list[Any] = [KEY]
        self.asked = 0
        self.away = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("refused")
        return httpx.Response(
            200, json={"keys": [each.as_dict(private=False) for each in self.keys]}
        )

    def reader(self) -> PublishedKeys:
        return PublishedKeys(
            "http://provider/jwks",
            transport=httpx.MockTransport(self),
            minimum_seconds_between_fetches=0,
        )


def test_published_keys_are_fetched_once_and_again_for_an_unknown_id() -> None:
    published = Published()
    keys = published.reader()
    assert keys.find(KEY.kid or "").kid == keys.find(KEY.kid or "").kid == KEY.kid
    assert published.asked == 1
    newer = new_signing_key()
    published.keys.append(newer)
    assert keys.find(newer.kid or "").kid == newer.kid
    assert published.asked == 2


def test_an_id_that_nobody_published_is_refused() -> None:
    with pytest.raises(InvalidToken):
        Published().reader().find("unknown")


def test_a_provider_that_is_away_is_said_so_and_known_keys_stay_in_use() -> None:
    published = Published()
    keys = published.reader()
    keys.find(KEY.kid or "")
    published.away = True
    assert keys.find(KEY.kid or "").kid == KEY.kid
    with pytest.raises(IdentityUnavailable):
        keys.find("unknown")
