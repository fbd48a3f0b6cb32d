"""HTML forms of nomination: read by the same schemas as JSON, their errors as forms.html shows
them."""

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from shared.kernel.errors import DomainError, Errors
from shared.web.idempotency import FORM_FIELD
from shared.web.problems import problem_of, validation_errors


def load_form(schema: Schema) -> dict[str, Any]:
    """Raises Errors with everything that is wrong."""
    sent = {name: value for name, value in request.form.items() if name != FORM_FIELD}
    try:
        loaded: dict[str, Any] = schema.load(sent)
    except ValidationError as error:
        raise Errors(list(validation_errors(error.messages, top=False))) from None
    return loaded


def errors_shown(error: DomainError | None) -> list[dict[str, Any]]:
    if error is None:
        return []
    body = problem_of(error).body
    listed = body.get("errors")
    return list(listed) if listed else [{"detail": body["detail"], "remedy": body.get("remedy")}]
