"""What a request still has to say when it is answered already."""

from typing import IO

from flask import Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import get_input_stream

CHUNK = 64 * 1024
LARGEST_REST = 32 * 1024 * 1024


def read_to_the_end(response: Response) -> Response:
    """A request refused before its body was read leaves the rest on the connection: the server
    would close it, and the gateway, or the next request on it, would find the service away."""
    left = LARGEST_REST
    try:
        body = _body()
        while left > 0 and (read := body.read(CHUNK)):
            left -= len(read)
    except (HTTPException, OSError, ValueError):
        pass  # closed or read by the parser: nothing is left
    return response


def _body() -> IO[bytes]:
    """The stream that the parser reads from, so that nothing is read twice; it ends where the
    body does, also where a server leaves the connection open behind it."""
    try:
        return request.stream
    except HTTPException:  # larger than is taken: not begun yet
        return get_input_stream(request.environ)
