"""Who may call a route. Every view carries one mark; the check runs before any argument is read.

The marks survive other decorators (functools.wraps), so their order does not matter. A route
without a mark is refused, and `routes_without_access` names it for the architecture test.
Whether a person may decide a given case is the business of shared.approvals, not of this module.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

from flask import Flask, current_app, g, request
from werkzeug.exceptions import HTTPException

from shared.identity.errors import SignInRequired
from shared.identity.tokens import Keys, verify_token
from shared.kernel.actor import Actor
from shared.kernel.errors import DomainError
from shared.kernel.words import Naming, called

View = TypeVar("View", bound=Callable[..., Any])
MARK = "__gongjiang_access__"
SESSION_COOKIE = "gongjiang_session"
EXTENSION = "gongjiang.tokens"


class RoleRequired(DomainError):
    code: ClassVar[str] = "role_required"
    status: ClassVar[int] = 403
    names: ClassVar[Mapping[str, Naming]] = {"roles": called}
    zh: ClassVar[str] = "您没有办理此事项的角色。"
    en: ClassVar[str] = "None of your roles may do this."
    remedy_zh: ClassVar[str | None] = "需要以下角色之一：{roles}。"
    remedy_en: ClassVar[str | None] = "One of these roles is needed: {roles}."


class AccessNotDeclared(DomainError):
    code: ClassVar[str] = "access_not_declared"
    status: ClassVar[int] = 403
    zh: ClassVar[str] = "此地址未声明访问规则，已拒绝。"
    en: ClassVar[str] = "This address declares no access rule and is refused."


@dataclass(frozen=True)
class Access:
    """open: anyone; otherwise a signed-in person, with one of `roles` where any are named."""

    open: bool
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class TokenCheck:
    keys: Keys
    issuer: str
    audience: str

    def actor(self, token: str) -> Actor:
        return verify_token(token, self.keys, self.issuer, self.audience)


def requires(*roles: str) -> Callable[[View], View]:
    """The person needs at least one of the roles."""
    if not roles or not all(isinstance(each, str) for each in roles):
        raise TypeError("requires() names at least one role")
    return lambda view: _marked(view, Access(open=False, roles=roles))


def signed_in(view: View) -> View:
    return _marked(view, Access(open=False))


def public(view: View) -> View:
    return _marked(view, Access(open=True))


def _marked(view: View, access: Access) -> View:
    setattr(view, MARK, access)
    return view


def access_of(view: Any, method: str) -> Access | None:
    """The mark of a view function, of a MethodView's method, or of the class as a whole."""
    owner = getattr(view, "view_class", None)
    if owner is not None:
        handler = getattr(owner, method.lower(), None)
        if handler is None and method == "HEAD":
            handler = getattr(owner, "get", None)
        view = handler if hasattr(handler, MARK) else owner
    return cast(Access | None, getattr(view, MARK, None))


def enforce_access() -> None:
    """Before every request. Unknown addresses go on to their 404, OPTIONS to Flask's own answer."""
    if request.endpoint is None or request.method == "OPTIONS":
        return
    access = access_of(_view(), request.method)
    if access is None:
        raise AccessNotDeclared()
    if access.open:
        return
    actor = current_actor()
    if access.roles and not any(actor.has_role(role) for role in access.roles):
        raise RoleRequired(roles=access.roles)


def _view() -> Any:
    return current_app.view_functions[cast(str, request.endpoint)]


def current_token() -> str | None:
    """The bearer token, else the pages' cookie. Never written anywhere."""
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if header:
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None
    return request.cookies.get(SESSION_COOKIE) or None


def current_actor() -> Actor:
    """Raises SignInRequired without a token, InvalidToken or ExpiredToken with a bad one."""
    actor = g.get("actor")
    if actor is None:
        token = current_token()
        if token is None:
            raise SignInRequired()
        check: TokenCheck = current_app.extensions[EXTENSION]
        actor = g.actor = check.actor(token)
    return cast(Actor, actor)


def actor_or_none() -> Actor | None:
    """For public pages that greet whoever is signed in."""
    try:
        return current_actor()
    except DomainError:
        return None


def may_open(path: str) -> bool:
    """Whether whoever is here may open the page at `path` of this application, by the mark of its
    route: what a person may not open is not offered to them."""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return False
    access = access_of(current_app.view_functions[endpoint], "GET")
    if access is None or access.open:
        return access is not None
    actor = actor_or_none()
    if actor is None:
        return False
    return not access.roles or any(actor.has_role(role) for role in access.roles)


def routes_without_access(app: Flask) -> list[str]:
    """`METHOD /rule` of every route that declares nothing."""
    return sorted(_undeclared(app))


def _undeclared(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if access_of(view, method) is None:
                yield f"{method} {rule.rule}"
