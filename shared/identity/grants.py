"""What the local provider grants, and to whom: codes, client credentials, the demo's passwords."""

import hmac
from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import KeySet

from shared.identity.issuing import ACCESS_SECONDS, Codes, Issuer
from shared.identity.people import People, Person
from shared.identity.provider_settings import ProviderSettings
from shared.identity.signing_key import kept_signing_key, public_keys

ASKED = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "scope")


class GrantRefused(Exception):
    """An OAuth error answer (RFC 6749, 5.2)."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


class Provider:
    """What the routes stand on; they only read the request and write the answer."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self.people = People.load(settings.people, settings.person_ref_key)
        key = kept_signing_key(settings.folder)
        self.keys: KeySet = public_keys(key)
        self.issuer = Issuer(settings.issuer, settings.audience, key)
        self.codes = Codes()

    def asked(self, given: Any) -> dict[str, str]:
        """The authorization request; never redirects to an address that is not registered."""
        asked = {name: str(given.get(name) or "") for name in ASKED}
        settings = self.settings
        if asked["client_id"] != settings.client_id:
            raise GrantRefused("unauthorized_client")
        if asked["redirect_uri"] not in settings.redirect_uris:
            raise GrantRefused("invalid_request")
        if not asked["code_challenge"]:
            raise GrantRefused("invalid_request")
        return asked

    def code_for(self, person: Person, asked: dict[str, str]) -> str:
        code = self.codes.issue(
            username=person.username,
            client_id=asked["client_id"],
            redirect_uri=asked["redirect_uri"],
            code_challenge=asked["code_challenge"],
            scope=asked["scope"] or "openid",
            nonce=asked["nonce"] or None,
        )
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form: Any, client: tuple[str, str]) -> dict[str, Any]:
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._by_code(form, client)
        if kind == "client_credentials":
            return self._by_secret(client, form.get("scope") or "")
        if kind == "password":
            username, password = form.get("username") or "", form.get("password") or ""
            person = self.people.with_password(username, password, form.get("name") or "")
            if person is None:
                raise GrantRefused("invalid_grant")
            return self._answer(person, form.get("scope") or "openid")
        raise GrantRefused("unsupported_grant_type")

    def _by_code(self, form: Any, client: tuple[str, str]) -> dict[str, Any]:
        client_id, secret = client
        expected = self.settings.client_secret.encode()
        if client_id != self.settings.client_id or not hmac.compare_digest(
            secret.encode(), expected
        ):
            raise GrantRefused("invalid_client", 401)
        grant = self.codes.redeem(
            form.get("code") or "",
            form.get("code_verifier") or "",
            client_id,
            form.get("redirect_uri") or "",
        )
        person = self.people.person(grant.username) if grant else None
        if grant is None or person is None:
            raise GrantRefused("invalid_grant")
        answer = self._answer(person, grant.scope)
        answer["id_token"] = self.issuer.id_token(person, client_id, grant.nonce)
        return answer

    def _by_secret(self, client: tuple[str, str], scope: str) -> dict[str, Any]:
        client_id, secret = client
        username, expected = self.settings.service_accounts.get(client_id, ("", ""))
        account = self.people.service_account(username)
        right = hmac.compare_digest(secret.encode(), expected.encode())
        if account is None or not expected or not right:
            raise GrantRefused("invalid_client", 401)
        return self._answer(account, scope)

    def _answer(self, person: Person, scope: str) -> dict[str, Any]:
        return {
            "access_token": self.issuer.access_token(person, scope),
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
            "scope": scope,
        }
