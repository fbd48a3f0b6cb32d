"""One id a request: taken from X-Request-Id if it looks like one, shown in answers and logs."""

import re

from flask import Response, g, request

from shared.kernel.ids import new_id

HEADER = "X-Request-Id"
SHAPE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id() -> str:
    """Also outside our own before_request, because an error may come before it."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if SHAPE.fullmatch(given) and not given.isdigit() else new_id()
    return str(g.request_id)


def show_request_id(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    return response
