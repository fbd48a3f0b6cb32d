"""Optimistic versions on the wire: the ETag of a versioned thing is its version."""

import re

from flask import Response, request

from shared.kernel.errors import StaleVersion

ENTITY_TAG = re.compile(r'(?:W/)?"(\d{1,18})"')


def etag_of(version: int) -> str:
    return f'"{version}"'


def expected_version() -> int | None:
    """The version of If-Match; None when the caller does not ask. A tag never ours is stale."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    match = ENTITY_TAG.fullmatch(header)
    if match is None:
        raise StaleVersion()
    return int(match[1])


def ensure_version(version: int) -> None:
    expected = expected_version()
    if expected is not None and expected != version:
        raise StaleVersion()


def with_etag(response: Response, version: int) -> Response:
    """Adds the ETag and answers 304 to a matching If-None-Match."""
    response.set_etag(str(version))
    response.make_conditional(request)
    return response
