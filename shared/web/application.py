"""The web application of a process: the same skin of access, problems, health and pages on all."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import flask
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from prometheus_client import CollectorRegistry

from shared.identity.jwks import PublishedKeys
from shared.identity.tokens import Keys
from shared.persistence import Sessions
from shared.web import access, context
from shared.web.api import Blueprint, install_api
from shared.web.health import Check, database_check, health_blueprint, install_measuring
from shared.web.pages import install_pages
from shared.web.problems import install_problems
from shared.web.queries import AnyQuery, enforce_query, takes
from shared.web.request_bodies import read_to_the_end
from shared.web.request_ids import show_request_id
from shared.web.security import refuse_cross_site, secure_headers
from shared.web.settings import WebSettings

LARGEST_REQUEST = 20 * 1024 * 1024
LARGEST_FORM_FIELDS = 1024 * 1024
HERE = Path(__file__).parent


def create_web(
    settings: WebSettings,
    sessions: Sessions | None,
    office: Any = None,
    blueprints: Iterable[flask.Blueprint] = (),
    pages: Iterable[flask.Blueprint] = (),
    *,
    keys: Keys | None = None,
    checks: Mapping[str, Check] | None = None,
    templates: Iterable[Path] = (),
    translations: Iterable[Path] = (),
    prefix: str | None = None,
) -> Flask:
    """`blueprints` are mounted under /<service>/api/v1, `pages` under /<service>, each with its own
    url_prefix behind. `checks` add to readiness (bus, migrations): a check raises or returns False
    when it fails. `keys` default to those that the provider publishes. `prefix` replaces
    /<service> (the portal has none)."""
    front = f"/{settings.service}" if prefix is None else prefix
    app = Flask(
        settings.service, root_path=str(HERE), static_folder="static", static_url_path="/static"
    )
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_FIELDS,
        SEND_FILE_MAX_AGE_DEFAULT=86400,
        TESTING=settings.environment == "test",
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions[context.EXTENSION] = context.WebParts(settings, sessions, office)
    app.extensions[access.EXTENSION] = access.TokenCheck(
        keys or PublishedKeys(settings.oidc_jwks_url), settings.oidc_issuer, settings.oidc_audience
    )
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader([str(each) for each in [*templates, HERE / "templates"]])]
    )
    access.public(takes(AnyQuery)(app.view_functions["static"]))
    _install_frame(app, settings.service, front, checks or {}, sessions, office)
    install_pages(app, translations)
    _mount(app, settings.service, front, blueprints, pages)
    return app


def _install_frame(
    app: Flask,
    service: str,
    front: str,
    checks: Mapping[str, Check],
    sessions: Sessions | None,
    office: Any,
) -> None:
    registry = CollectorRegistry()
    install_measuring(app, registry)
    install_problems(app)
    app.before_request(refuse_cross_site)
    app.before_request(access.enforce_access)
    app.before_request(enforce_query)
    app.after_request(read_to_the_end)
    app.after_request(show_request_id)
    app.after_request(secure_headers)
    own = {} if sessions is None else {"database": database_check(sessions)}
    today = None if office is None else office.clock.today
    health = health_blueprint({**own, **checks}, registry, today)
    app.register_blueprint(health, url_prefix=front or None)


def _mount(
    app: Flask,
    service: str,
    front: str,
    blueprints: Iterable[flask.Blueprint],
    pages: Iterable[flask.Blueprint],
) -> None:
    api = install_api(app, service, f"{front}/api/v1")
    for blueprint in blueprints:
        address = f"{front}/api/v1{blueprint.url_prefix or ''}"
        if isinstance(blueprint, Blueprint):
            api.register_blueprint(blueprint, url_prefix=address)
        else:
            app.register_blueprint(blueprint, url_prefix=address)
    for blueprint in pages:
        app.register_blueprint(blueprint, url_prefix=f"{front}{blueprint.url_prefix or ''}")
