"""One application with a route of each kind, without a database."""

from typing import Any

import pytest
from flask import Blueprint as Pages
from flask import Flask, jsonify, render_template_string
from flask.testing import FlaskClient
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy.exc import OperationalError

from shared.kernel.errors import Errors, InvalidField
from shared.kernel.identity_number import InvalidIdentityNumber
from shared.kernel.text import Text
from shared.web.access import current_actor, public, requires, signed_in
from shared.web.application import create_web
from tests.signing import Signer, a_signer, web_settings


class RowSchema(Schema):
    amount_fen = fields.Integer(required=True, strict=True)


class ClaimSchema(Schema):
    class Meta:
        unknown = RAISE

    title = fields.String(required=True, validate=validate.Length(min=2, max=5))
    rows = fields.List(fields.Nested(RowSchema), required=True)


def routes() -> Blueprint:
    blueprint = Blueprint("claims", "claims", description="claims", url_prefix="/claims")

    @blueprint.post("")
    @blueprint.arguments(ClaimSchema)
    @blueprint.response(201, ClaimSchema)
    @signed_in
    def create(body: dict[str, Any]) -> Any:
        return body

    @blueprint.get("/mine")
    @blueprint.response(200)
    @requires("union.reviewer", "union.leader")
    def mine() -> Any:
        return jsonify({"name": current_actor().name})

    @blueprint.get("/forgotten")
    def forgotten() -> Any:
        return jsonify({})

    @blueprint.get("/<name>")
    @public
    def failing(name: str) -> Any:
        raise ERRORS[name]

    return blueprint


ERRORS: dict[str, Exception] = {
    "several": Errors(
        [
            InvalidField(field="phone", reason=Text("号码不对。", "The number is wrong.")),
            InvalidIdentityNumber(
                field="identity_number", row=7, reason=Text("少一位。", "Short.")
            ),
        ]
    ),
    "bug": RuntimeError("421281200103072010 is secret"),
    "database": OperationalError("SELECT 1", {}, Exception("connection refused")),
}


def pages() -> Pages:
    blueprint = Pages("pages", "pages")

    @blueprint.get("/hello")
    @signed_in
    def hello() -> str:
        return render_template_string('{% extends "layout.html" %}')

    @blueprint.get("/broken")
    @public
    def broken() -> str:
        raise ERRORS["several"]

    @blueprint.post("/change")
    @signed_in
    def change() -> str:
        return "changed"

    return blueprint


@pytest.fixture(scope="session")
def signer() -> Signer:
    return a_signer()


@pytest.fixture
def app(signer: Signer) -> Flask:
    return create_web(web_settings(), None, None, [routes()], [pages()], keys=signer.keys)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
