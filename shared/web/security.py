"""Security headers, and the defence of the pages against requests from other sites."""

from collections.abc import Mapping
from functools import cache
from typing import ClassVar
from urllib.parse import urlsplit

from flask import Response, request

from shared.kernel.errors import DomainError
from shared.web.access import SESSION_COOKIE
from shared.web.context import web_parts
from shared.web.languages import language

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


class CrossSiteRequest(DomainError):
    code: ClassVar[str] = "cross_site_request"
    status: ClassVar[int] = 403
    zh: ClassVar[str] = "请求不是从本站页面发出的，已拒绝。"
    en: ClassVar[str] = "The request did not come from a page of this site and is refused."
    remedy_zh: ClassVar[str | None] = "请在本站页面上重新操作。"
    remedy_en: ClassVar[str | None] = "Do it again from a page of this site."


def refuse_cross_site() -> None:
    """Unsafe requests that carry the pages' cookie need an Origin (or Referer) of this site.

    A request with its own Authorization header is not sent by a browser on another's behalf."""
    if request.method in SAFE_METHODS or "Authorization" in request.headers:
        return
    if SESSION_COOKIE in request.cookies and not comes_from_this_site():
        raise CrossSiteRequest()


def comes_from_this_site() -> bool:
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    parts = urlsplit(source)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    ours = urlsplit(web_parts().settings.public_url)
    return parts.netloc == request.host or (parts.scheme, parts.netloc) == (
        ours.scheme,
        ours.netloc,
    )


def is_secure() -> bool:
    """Whether cookies may be limited to https: the public address says, not this hop."""
    return urlsplit(web_parts().settings.public_url).scheme == "https"


def secure_headers(response: Response) -> Response:
    """What a view has set itself stays as it is."""
    headers = response.headers
    given = {name.lower() for name, _ in headers}
    wanted = {
        **_headers_of(web_parts().settings.oidc_issuer, is_secure()),
        "Content-Language": "en" if language() == "en" else "zh-Hans",
    }
    if request.endpoint != "static":
        page = response.mimetype == "text/html"
        wanted["Cache-Control"] = "no-store" if page else "private, no-cache"
        response.vary.update(("Accept-Language", "Cookie", "Authorization"))
    headers.extend({name: value for name, value in wanted.items() if name.lower() not in given})
    return response


@cache
def _headers_of(oidc_issuer: str, secure: bool) -> Mapping[str, str]:
    """The same for every answer of an application."""
    issuer = urlsplit(oidc_issuer)
    # Signing out goes on to the provider, which may live at another origin.
    fixed = {
        "Content-Security-Policy": f"{CONTENT_POLICY} {issuer.scheme}://{issuer.netloc}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }
    if secure:
        fixed["Strict-Transport-Security"] = "max-age=31536000"
    return fixed
