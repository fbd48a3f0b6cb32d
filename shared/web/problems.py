"""Every error of every route as a problem (RFC 9457) in the asked language, or as a page of the
same content. Messages never repeat what was sent: it may be personal."""

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import structlog
import webargs.core
from flask import Flask, Response, json, redirect, render_template, request
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from shared.kernel.errors import DomainError, Errors
from shared.persistence import constraint_errors
from shared.web import failures
from shared.web.languages import is_api, language
from shared.web.logs import describe
from shared.web.request_ids import request_id
from shared.web.validation_messages import wording

log = structlog.get_logger("web")

PROBLEM = "application/problem+json"
RETRY_AFTER_SECONDS = 5


class ProblemErrorSchema(Schema):
    code = fields.String()
    field = fields.String()
    row = fields.Integer()
    detail = fields.String()
    remedy = fields.String()
    facts = fields.Dict(keys=fields.String())


class ProblemSchema(Schema):
    """RFC 9457 problem details; members without a value are left out. `facts`: the codes that the
    sentence tells by their names."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    code = fields.String(required=True)
    field = fields.String()
    row = fields.Integer()
    remedy = fields.String()
    facts = fields.Dict(keys=fields.String())
    errors = fields.List(fields.Nested(ProblemErrorSchema))
    request_id = fields.String(required=True)


@dataclass(frozen=True)
class Problem:
    body: dict[str, Any]
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of(error: DomainError, headers: Mapping[str, str] | None = None) -> Problem:
    """Errors become one problem with a list; an error of one field is listed in the same way."""
    lang = language()
    several = error.errors if isinstance(error, Errors) else []
    if not several and (error.field is not None or error.row is not None):
        several = [error]
    body = {
        "type": f"urn:gongjiang:problem:{error.code}",
        "title": failures.title(error.status, lang),
        "status": error.status,
        "detail": error.text(lang),
        "code": error.code,
        "field": error.field,
        "row": error.row,
        "remedy": error.remedy(lang) or failures.remedy(error.status, lang, on_page=wants_page()),
        "facts": error.codes or None,
        "errors": [_listed(each, lang) for each in several] or None,
        "request_id": request_id(),
    }
    extra = dict(headers or {})
    if error.status == 503:
        extra.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    if error.status == 401:
        extra.setdefault("WWW-Authenticate", "Bearer")
    return Problem(_without_nulls(body), error.status, extra)


def _listed(error: DomainError, lang: str) -> dict[str, Any]:
    return _without_nulls(
        {
            "code": error.code,
            "field": error.field,
            "row": error.row,
            "detail": error.text(lang),
            "remedy": error.remedy(lang),
            "facts": error.codes or None,
        }
    )


def _without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def wants_page() -> bool:
    """A browser outside the API; everything else reads problem+json."""
    if is_api():
        return False
    return request.accept_mimetypes.best_match([PROBLEM, "application/json", "text/html"]) == (
        "text/html"
    ) and "text/html" in request.headers.get("Accept", "")


def problem_response(error: DomainError, headers: Mapping[str, str] | None = None) -> Response:
    problem = problem_of(error, headers)
    if wants_page():
        if problem.status == 401:
            return _to_sign_in()
        response = Response(render_template("problem.html", problem=problem.body), problem.status)
    else:
        response = Response(json.dumps(problem.body), problem.status, content_type=PROBLEM)
    response.headers.update(problem.headers)
    return response


def _to_sign_in() -> Response:
    """A form that was sent cannot be sent again after signing in: back to its page."""
    back = request.path if request.method == "GET" else "/"
    response = redirect(f"/sign-in?{urlencode({'next': back})}", 303)
    assert isinstance(response, Response)
    return response


def validation_errors(messages: Any, path: str = "", top: bool = True) -> Iterator[DomainError]:
    """marshmallow's nested messages, one error a message; webargs puts the location on top."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            skip = name == "_schema" or (top and name in failures.LOCATIONS)
            deeper = path if skip else f"{path}.{name}" if path else str(name)
            yield from validation_errors(inner, deeper, top=False)
    elif isinstance(messages, (list, tuple)):
        for inner in messages:
            yield from validation_errors(inner, path, top=False)
    else:
        text = wording(str(messages))
        yield failures.InvalidInput(field=path or None, reason=text)


def _domain(error: DomainError) -> Response:
    return problem_response(error)


def _http(error: HTTPException) -> Response:
    """404, 405, 413, 415, bad JSON, webargs' 422, and a Response given to abort()."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    messages = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    if error.code == 422 and messages and "json" in messages and _is_not_json():
        return problem_response(failures.http_error(415))
    if error.code == 422 and messages:
        return problem_response(Errors(list(validation_errors(messages))))
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return problem_response(failures.http_error(error.code or 500), kept)


def _is_not_json() -> bool:
    """webargs reads a body of another type as an empty one."""
    return bool(request.content_length) and not request.is_json


def _validation(error: ValidationError) -> Response:
    return problem_response(Errors(list(validation_errors(error.messages, top=False))))


def _integrity(error: IntegrityError) -> Response:
    known = constraint_errors.translate(error)
    return problem_response(known) if known is not None else _unexpected(error)


def _database(error: DBAPIError) -> Response:
    failure = failures.database_failure(error)
    if failure is None:
        return _unexpected(error)
    log.warning("database_refused", code=failure.code, sqlstate=failures.sqlstate(error))
    return problem_response(failure)


def _pool(error: PoolTimeout) -> Response:
    return problem_response(failures.DatabaseBusy())


def _half_a_character(error: UnicodeEncodeError) -> Response:
    """JSON may write one (\\ud800); no database and no answer can."""
    log.warning("unreadable_value", error=type(error).__name__)
    return problem_response(failures.UnreadableValue())


def _too_deep(error: RecursionError) -> Response:
    log.warning("nested_too_deeply", exception=describe(error)[-2000:])
    return problem_response(failures.http_error(400))


def _unreadable_number(error: ValueError) -> Response:
    """Python reads no integer of more than 4300 digits, and webargs lets that through."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    if any(frame.f_code is webargs.core.parse_json.__code__ for frame in frames):
        return problem_response(failures.http_error(400))
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    log.error(
        "unexpected_error",
        error=type(error).__name__,
        request_id=request_id(),
        exception=describe(error),
    )
    return problem_response(failures.InternalError(request_id=request_id()))


def install_problems(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ValidationError, _validation)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _pool)
    app.register_error_handler(ValueError, _unreadable_number)
    app.register_error_handler(UnicodeEncodeError, _half_a_character)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(Exception, _unexpected)
