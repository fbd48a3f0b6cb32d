"""What no route takes behind the `?` is refused and named: on every route that there is, a new
one too, since they are read from the application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from marshmallow import fields, validate
from werkzeug.routing import Rule

from shared.identity.people import Person
from shared.kernel.actor import Membership
from shared.kernel.text import Text
from shared.web.access import EXTENSION, TokenCheck, access_of
from shared.web.portal import PortalSettings, create_portal
from shared.web.queries import AnyQuery, query_schema
from tests.composed import SERVICES, composed
from tests.signing import AUDIENCE, ISSUER, PUBLIC_URL, a_signer


@pytest.fixture(params=[*SERVICES, "portal"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    if request.param == "portal":
        settings = PortalSettings(
            environment="test",
            public_url=PUBLIC_URL,
            oidc_issuer=ISSUER,
            oidc_audience=AUDIENCE,
            oidc_jwks_url=f"{ISSUER}/jwks",
            oidc_token_url=None,
            oidc_client_id="gongjiang",
            service_urls={name: f"http://127.0.0.1:9/{name}" for name in SERVICES},
            oidc_client_secret="secret",
            session_key="k",
        )
        yield create_portal(settings)
        return
    database = request.getfixturevalue("database")
    service = composed(request.param, database(request.param), tmp_path)
    yield service.web()
    service.engine.dispose()


class Caller:
    """Somebody who holds every role that the application asks for."""

    def __init__(self, app: Flask) -> None:
        signer = a_signer()
        app.extensions[EXTENSION] = TokenCheck(signer.keys, ISSUER, AUDIENCE)
        roles = {"worker"}
        for view in app.view_functions.values():
            access = access_of(view, "GET")
            roles |= set(access.roles) if access else set()
        held = tuple(Membership(role) for role in sorted(roles))
        somebody = Person("all", "all", "a" * 64, held, Text("", ""))
        self._client, self._headers = app.test_client(), signer.bearer(somebody)

    def refusals(self, method: str, path: str, query: dict[str, Any]) -> dict[str, str]:
        """Parameter -> code, of a 422."""
        answer = self._client.open(path, method=method, query_string=query, headers=self._headers)
        where = (method, path, query, answer.status_code, answer.text[:300])
        assert answer.status_code == 422, where
        problem = answer.get_json()
        assert problem["detail"], where
        return {each["field"]: each["code"] for each in problem["errors"]}


def routes(app: Flask) -> Iterator[tuple[str, str, Any]]:
    """Method, an address, and what the route declares."""
    for rule in app.url_map.iter_rules():
        schema = query_schema(app.view_functions[rule.endpoint])
        values = {name: a_value(rule, name) for name in rule.arguments}
        path = rule.build(values, append_unknown=False)
        assert path is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path[1], schema


def a_value(rule: Rule, name: str) -> str:
    """One that the address may have in this place."""
    choices = getattr(rule._converters[name], "items", None)
    return str(min(choices)) if choices else "1"


def wrong_values(field: fields.Field[Any]) -> Iterator[str]:
    """What a schema's field cannot mean."""
    rules = field.validators
    if isinstance(field, fields.Integer):
        yield from ("abc", "1e3", "1.5", "9" * 40, "-1")
        lowest = [r.min for r in rules if isinstance(r, validate.Range) and r.min is not None]
        yield from (str(int(each) - 1) for each in lowest)
    if any(isinstance(rule, (validate.OneOf, validate.Regexp)) for rule in rules):
        yield "nonsense!"


def test_only_what_another_system_calls_takes_anything(app: Flask) -> None:
    found = {path for _, path, schema in routes(app) if isinstance(schema, AnyQuery)}
    assert found <= {"/static/1", "/sign-in/callback"}


def test_a_parameter_that_no_route_knows_is_refused_and_named(app: Flask) -> None:
    caller = Caller(app)
    for method, path, schema in routes(app):
        if not isinstance(schema, AnyQuery):
            refused = caller.refusals(method, path, {"no_such_parameter": "1"})
            assert refused["no_such_parameter"] == "unknown_parameter", (method, path)


def test_a_value_that_a_parameter_cannot_have_is_refused_and_its_name_told(app: Flask) -> None:
    caller = Caller(app)
    for method, path, schema in routes(app):
        for name, field in schema.load_fields.items():
            for value in wrong_values(field):
                refused = caller.refusals(method, path, {name: value})
                assert name in refused, (method, path, name, value)


def test_a_parameter_given_twice_is_refused(app: Flask) -> None:
    caller = Caller(app)
    for method, path, schema in routes(app):
        for name in schema.load_fields:
            refused = caller.refusals(method, path, {name: ["1", "2"]})
            assert name in refused, (method, path, name)


def test_a_page_lets_pass_what_a_messenger_adds_to_its_address(app: Flask) -> None:
    page = "/" if app.name == "portal" else f"/{app.name}/notices"
    answer = app.test_client().get(f"{page}?from=timeline&isappinstalled=0")
    assert answer.status_code == 200, answer.text


def test_what_could_have_been_meant_is_named(database: Any, tmp_path: Path) -> None:
    service = composed("nomination", database("nomination"), tmp_path)
    client = service.web().test_client()

    def remedies(address: str) -> list[tuple[str, str]]:
        headers = {"Accept-Language": "en"}
        problem = client.get(f"/nomination/api/v1{address}", headers=headers).get_json()
        return [(each["field"], each["remedy"]) for each in problem["errors"]]

    assert remedies("/honours?program=skill-master") == [("program", "Did you mean: programme?")]
    assert remedies("/honours?x=1") == [("x", "There are: after, limit, programme.")]
    assert remedies("/honours/HON-1?x=1") == [("x", "It takes none here.")]
    [(field, remedy)] = remedies("/honours?programme=skill-mastr")
    assert (field, remedy.startswith("Did you mean: skill-master")) == ("programme", True)
    service.engine.dispose()
