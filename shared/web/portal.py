"""The portal process: start page, signing in, the merged worklist, my cases over the services.

It has no database; what it shows it asks the services for, as the person. `python -m
shared.web.portal`."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from flask import Blueprint, Flask, render_template
from marshmallow import Schema, fields

from shared.identity.jwks import PublishedKeys
from shared.identity.oidc_client import OidcClient
from shared.identity.tokens import Keys
from shared.web.access import actor_or_none, current_token, public, signed_in
from shared.web.application import create_web
from shared.web.languages import language
from shared.web.logs import configure_logging
from shared.web.queries import PageAfter, asked, takes
from shared.web.serve import serve
from shared.web.sign_in import sign_in_pages
from shared.web.worklist import ServiceApis, ServicePage, decode_worklist, merged

SERVICES = ("nomination", "assessment", "subsidy")
CursorOfEach = Schema.from_dict({name: fields.String(load_default=None) for name in SERVICES})
PAGE = 25
LATEST = 5
SERVICE_SECONDS = 4.0


@dataclass(frozen=True)
class PortalSettings:
    """Fits WebSettings. `service_urls`: what stands before /api/v1 of each service."""

    environment: str
    public_url: str
    oidc_issuer: str
    oidc_audience: str
    oidc_jwks_url: str
    oidc_token_url: str | None
    oidc_client_id: str
    service_urls: Mapping[str, str]
    oidc_client_secret: str = field(repr=False)
    session_key: str = field(repr=False)
    service: str = "portal"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "PortalSettings":
        """Raises ValueError naming everything that is missing."""
        plain = (
            "ENVIRONMENT",
            "PUBLIC_URL",
            "OIDC_ISSUER",
            "OIDC_AUDIENCE",
            "OIDC_JWKS_URL",
            "OIDC_CLIENT_ID",
            "OIDC_CLIENT_SECRET",
        )
        urls = {name: f"GONGJIANG_{name.upper()}_URL" for name in SERVICES}
        needed = [*(f"GONGJIANG_{each}" for each in plain), *urls.values()]
        missing = [name for name in needed if not environ.get(name)]
        if missing:
            raise ValueError("缺少设置 / missing settings: " + ", ".join(missing))
        given = {each.lower(): environ[f"GONGJIANG_{each}"].rstrip("/") for each in plain}
        return cls(
            **given,
            oidc_token_url=environ.get("GONGJIANG_OIDC_TOKEN_URL") or None,
            session_key=environ.get("GONGJIANG_SESSION_KEY") or given["oidc_client_secret"],
            service_urls={name: environ[key].rstrip("/") for name, key in urls.items()},
        )


def portal_pages(apis: ServiceApis) -> Blueprint:
    pages = Blueprint("portal", __name__)

    @pages.get("/")
    @public
    def start() -> str:
        """Who is signed in sees the newest of their cases; everybody sees the ways in."""
        shown = [] if actor_or_none() is None else _cases(apis, {}, LATEST)
        return render_template("start.html", pages=shown, services=SERVICES)

    @pages.get("/worklist")
    @takes(PageAfter)
    @signed_in
    def worklist() -> str:
        after = asked()["after"]
        cursors, boundary = decode_worklist(after, list(apis.urls))
        answers = apis.pages("/tasks", current_token() or "", language(), cursors, PAGE)
        page = merged(answers, cursors, boundary)
        return render_template("worklist.html", page=page, first=after is not None)

    @pages.get("/my-cases")
    @takes(CursorOfEach)
    @signed_in
    def my_cases() -> str:
        """Each service pages on its own: `?subsidy=<cursor>`."""
        cursors = {name: asked()[name] for name in apis.urls}
        return render_template("my_cases.html", pages=_cases(apis, cursors, PAGE), cursors=cursors)

    return pages


def _cases(apis: ServiceApis, cursors: Mapping[str, str | None], limit: int) -> list[ServicePage]:
    return apis.pages("/cases", current_token() or "", language(), cursors, limit)


def create_portal(
    settings: PortalSettings,
    *,
    keys: Keys | None = None,
    services: httpx.BaseTransport | None = None,
    provider: httpx.BaseTransport | None = None,
) -> Flask:
    """The transports are for tests that stand in for the services and the provider."""
    found = keys or PublishedKeys(settings.oidc_jwks_url, transport=provider)
    client = OidcClient(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        token_url=settings.oidc_token_url,
        transport=provider,
    )
    apis = ServiceApis(
        dict(settings.service_urls), httpx.Client(transport=services, timeout=SERVICE_SECONDS)
    )
    pages: list[Any] = [portal_pages(apis), sign_in_pages(client, found, settings.session_key)]
    return create_web(settings, None, pages=pages, keys=found, prefix="")


def portal_from_environ() -> Flask:
    return create_portal(PortalSettings.from_environ(os.environ))


def main() -> None:
    configure_logging("portal")
    try:
        PortalSettings.from_environ(os.environ)
    except ValueError as error:
        sys.exit(str(error))
    serve(
        "shared.web.portal:portal_from_environ",
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ["PORT"]),
    )


if __name__ == "__main__":
    main()
