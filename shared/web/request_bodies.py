"""What a request still has to say when it is answered already."""

from flask import Response, request
from werkzeug.exceptions import HTTPException

CHUNK = 64 * 1024
LARGEST_REST = 32 * 1024 * 1024


def read_to_the_end(response: Response) -> Response:
    """A request refused before its body was read leaves the rest on the connection: the server
    would close it, and the gateway, or the next request on it, would find the service away."""
    body, left = request.environ.get("wsgi.input"), LARGEST_REST
    try:
        while body is not None and left > 0 and (read := body.read(CHUNK)):
            left -= len(read)
    except (HTTPException, OSError, ValueError):
        pass  # closed or read by the parser: nothing is left
    return response
