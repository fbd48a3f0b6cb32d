"""What the reference finance consumer believes of a bank's answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from werkzeug.serving import make_server

from deploy.finance.bank import Answer, Bank
from deploy.finance.subsidy import Away


@contextmanager
def answering(status: int, body: str, content_type: str) -> Iterator[Bank]:
    app = Flask("bank")
    app.get("/payments/<end_to_end_id>", endpoint="ask")(
        lambda end_to_end_id: (body, status, {"Content-Type": content_type})
    )
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Bank(f"http://127.0.0.1:{server.server_port}", send_seconds=5)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_banks_own_404_says_that_it_has_no_such_payment() -> None:
    with answering(404, '{"code": "not_found"}', "application/problem+json") as bank:
        assert bank.ask("P1") == Answer(None)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<h1>404 Not Found</h1>", "text/html"),
        ("", "text/plain"),
        ('{"code": "no_such_route"}', "application/json"),
        ("[]", "application/json"),
    ],
)
def test_a_404_of_a_gateway_says_nothing_of_the_payment(body: str, content_type: str) -> None:
    with answering(404, body, content_type) as bank, pytest.raises(Away):
        bank.ask("P1")
