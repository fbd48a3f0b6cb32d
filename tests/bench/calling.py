"""HTTP by the standard library's own client: a caller that costs little of the machine that it
measures. One connection a thread."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
CALLERS = 8  # at once, on both sides of a pair


class Caller:
    """JSON to one address on the loopback."""

    def __init__(self, port: int) -> None:
        self._port, self._local = port, threading.local()

    def call(self, method: str, path: str, token: str = "", body: Any = None) -> Any:
        """The answer's JSON. Raises AssertionError for anything but a 2xx."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._local.connection = connection
        headers = {"Accept": "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"], content = "application/json", json.dumps(body).encode()
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):
            connection.close()  # the server had ended the idle connection: nothing was asked yet
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
        text = answer.read()
        assert 200 <= answer.status < 300, (method, path, answer.status, text[:500])
        return json.loads(text)


def rate(call: Callable[[int], object], count: int, callers: int = CALLERS) -> float:
    """Calls a second: `call(0)` to `call(count - 1)` by so many callers at once."""
    with ThreadPoolExecutor(callers) as pool:
        began = time.perf_counter()
        exhaust(pool.map(call, range(count)))
        return count / (time.perf_counter() - began)


def exhaust(results: Iterable[object]) -> None:
    for _ in results:
        pass


def until(find: Callable[[], T | None], what: str, seconds: float, pause: float) -> T:
    deadline = time.monotonic() + seconds
    waiting = threading.Event()
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < deadline, f"after {seconds:g} s still not: {what}"
        waiting.wait(pause)
