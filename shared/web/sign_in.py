"""Signing in to the pages through the provider (authorization code with PKCE), signing out, and
the language switch. The access token lives in an HttpOnly cookie that all services read."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request
from itsdangerous import BadData, URLSafeTimedSerializer
from marshmallow import Schema, fields

from shared.identity.errors import IdentityUnavailable, InvalidToken, SignInRequired
from shared.identity.oidc_client import OidcClient, new_verifier
from shared.identity.tokens import Keys, actor_of, verified_claims
from shared.web.access import SESSION_COOKIE, public
from shared.web.context import web_parts
from shared.web.languages import LANGUAGE_COOKIE, LANGUAGES
from shared.web.queries import AnyQuery, asked, takes
from shared.web.security import CrossSiteRequest, comes_from_this_site, is_secure

FLOW_COOKIE = "gongjiang_sign_in"
FLOW_SECONDS = 600
FLOW_PATH = "/sign-in"
YEAR = 365 * 24 * 3600


class WayBack(Schema):
    next = fields.String(load_default=None)


def sign_in_pages(client: OidcClient, keys: Keys, flow_key: str) -> Blueprint:
    """`flow_key` signs the short-lived cookie that remembers where the person was going."""
    pages = Blueprint("sign_in", __name__)
    flows = URLSafeTimedSerializer(flow_key, salt="sign-in")
    _way_in(pages, client, keys, flows)
    _way_out(pages, client)
    _language_switch(pages)
    return pages


def _way_in(
    pages: Blueprint, client: OidcClient, keys: Keys, flows: URLSafeTimedSerializer
) -> None:
    @pages.get("/sign-in")
    @takes(WayBack)
    @public
    def sign_in() -> Any:
        settings = web_parts().settings
        wanted = local_path(asked()["next"])
        ours = urlsplit(settings.public_url)
        if request.host != ours.netloc:
            return redirect(f"{settings.public_url}/sign-in", 303)
        flow = {
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "verifier": new_verifier(),
            "next": wanted,
        }
        url = client.authorization_url(
            redirect_uri=_callback(),
            state=flow["state"],
            nonce=flow["nonce"],
            verifier=flow["verifier"],
        )
        response = redirect(url, 303)
        response.set_cookie(
            FLOW_COOKIE,
            str(flows.dumps(flow)),
            max_age=FLOW_SECONDS,
            path=FLOW_PATH,
            httponly=True,
            samesite="Lax",
            secure=is_secure(),
        )
        return response

    @pages.get("/sign-in/callback")
    @takes(AnyQuery)
    @public
    def callback() -> Any:
        try:
            flow = flows.loads(request.cookies.get(FLOW_COOKIE, ""), max_age=FLOW_SECONDS)
        except BadData:
            raise SignInRequired() from None
        if not secrets.compare_digest(request.args.get("state", ""), flow["state"]):
            raise SignInRequired()
        answer = client.redeem(request.args.get("code", ""), flow["verifier"], _callback())
        token = _checked(answer, keys, client.client_id, flow["nonce"])
        response = redirect(flow["next"], 303)
        response.set_cookie(
            SESSION_COOKIE,
            token,
            max_age=int(answer.get("expires_in", 3600)),
            path="/",
            httponly=True,
            samesite="Lax",
            secure=is_secure(),
        )
        response.delete_cookie(FLOW_COOKIE, path=FLOW_PATH)
        return response


def _way_out(pages: Blueprint, client: OidcClient) -> None:
    @pages.post("/sign-out")
    @public
    def sign_out() -> Any:
        home = f"{web_parts().settings.public_url}/"
        try:
            response = redirect(client.sign_out_url(home), 303)
        except IdentityUnavailable:
            response = redirect("/", 303)
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response


def _language_switch(pages: Blueprint) -> None:
    @pages.post("/language")
    @public
    def switch_language() -> Response:
        """A language and a way back; any other value leaves things as they are."""
        if not comes_from_this_site():
            raise CrossSiteRequest()
        response = redirect(local_path(request.form.get("next")), 303)
        chosen = request.form.get("lang")
        if chosen in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                str(chosen),
                max_age=YEAR,
                path="/",
                samesite="Lax",
                secure=is_secure(),
            )
        assert isinstance(response, Response)
        return response


def _callback() -> str:
    return f"{web_parts().settings.public_url}/sign-in/callback"


def _checked(answer: dict[str, Any], keys: Keys, client_id: str, nonce: str) -> str:
    """The access token, once it and the ID token have been checked and name the same person."""
    settings = web_parts().settings
    identity = verified_claims(
        str(answer.get("id_token", "")), keys, settings.oidc_issuer, client_id
    )
    token = str(answer.get("access_token", ""))
    access = verified_claims(token, keys, settings.oidc_issuer, settings.oidc_audience)
    actor_of(access)
    same_nonce = secrets.compare_digest(str(identity.get("nonce", "")), nonce)
    if not same_nonce or identity["sub"] != access["sub"]:
        raise InvalidToken()
    return token


def local_path(wanted: str | None) -> str:
    """A path of this origin, or the start page: never an address of another site."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(wanted)
    plain = not parts.scheme and not parts.netloc and wanted.isprintable() and "\\" not in wanted
    return wanted if plain else "/"
