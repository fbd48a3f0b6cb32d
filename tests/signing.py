"""Tokens for tests, made by the code that the local provider uses, with a key of their own."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from shared.identity.issuing import Issuer
from shared.identity.people import Person
from shared.identity.signing_key import new_signing_key, public_keys
from shared.identity.tokens import FixedKeys
from shared.kernel.actor import Membership
from shared.kernel.text import Text

PUBLIC_URL = "http://gongjiang.test"
ISSUER = f"{PUBLIC_URL}/identity"
AUDIENCE = "gongjiang"


@dataclass
class Signer:
    """`keys` go to create_web(keys=…); `bearer(person)` are the headers of a request as them."""

    issuer: Issuer
    keys: FixedKeys

    def token(self, person: Person) -> str:
        return self.issuer.access_token(person, "openid")

    def bearer(self, person: Person, **headers: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(person)}", **headers}


def a_signer() -> Signer:
    key = new_signing_key()
    return Signer(Issuer(ISSUER, AUDIENCE, key), FixedKeys(public_keys(key)))


def a_person(*roles: str, name: str = "王建国", username: str = "wang", **place: Any) -> Person:
    memberships = tuple(Membership(role, **place) for role in roles)
    return Person(username, name, f"ref-{username}", memberships, Text("", ""))


def web_settings(service: str = "subsidy", environment: str = "test") -> Any:
    return SimpleNamespace(
        service=service,
        environment=environment,
        public_url=PUBLIC_URL,
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks_url=f"{ISSUER}/jwks",
    )
