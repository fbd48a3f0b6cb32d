"""The OpenAPI side: flask-smorest with our own problems instead of its errors."""

import http
from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint

from shared.web.access import public
from shared.web.problems import PROBLEM, ProblemSchema

OPENAPI_VERSION = "3.1.0"
API_VERSION = "v1"


class ProblemApi(Api):  # type: ignore[misc]
    """Errors are answered by shared.web.problems; the document says the same."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """install_problems has registered them for the whole application."""

    @public
    def _openapi_json(self) -> Any:
        return super()._openapi_json()

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            self._problem(status.name, status.phrase, empty=status < 400)
        self._problem("DEFAULT_ERROR", "A problem (RFC 9457)", empty=False)

    def _problem(self, name: str, description: str, empty: bool) -> None:
        response: dict[str, Any] = {"description": description}
        if not empty:
            response["content"] = {PROBLEM: {"schema": self.ERROR_SCHEMA}}
        self.spec.components.response(name, response, lazy=True)


def install_api(app: Flask, service: str, prefix: str) -> ProblemApi:
    app.config.update(
        API_TITLE=f"Gongjiang {service}",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION=OPENAPI_VERSION,
        OPENAPI_URL_PREFIX=prefix,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"security": [{"bearer": []}]},
    )
    api = ProblemApi(app)
    api.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    return api


__all__ = ["Blueprint", "ProblemApi", "install_api"]
