"""Subsidy over HTTP, its relay, the bus, the bank simulator, and the reference consumer in a
process of its own that is killed again and again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask, jsonify
from sqlalchemy import Engine, select
from stdnum import luhn
from werkzeug.serving import make_server

import deploy
from deploy.simulators.bank import create_bank
from deploy.simulators.journal import Journal
from deploy.simulators.ledger import Ledger
from services.subsidy.app import blueprints
from services.subsidy.budgets import queries
from services.subsidy.budgets.rules import Account
from services.subsidy.payments.model import Payment
from shared import audit
from shared.identity.people import Person
from shared.kernel.text import Text
from shared.messaging.bus import Bus
from shared.messaging.feed import feed_blueprint
from shared.messaging.relay import Relay
from shared.service import Service
from shared.web.access import requires
from shared.web.application import create_web
from tests.integration.finance.test_over_the_bus import keyword_dsn
from tests.integration.subsidy.counter import BANK, Counter
from tests.signing import a_signer, web_settings

PATIENCE_SECONDS = 240.0
ROOT = Path(deploy.__file__).parents[1]
# how the bank treats each of them: deploy/simulators/behaviours.py
ENDINGS = {
    "0001": "settled",
    "9901": "rejected",
    "9903": "settled",
    "9904": "settled",
    "9905": "settled",
    "9906": "rejected",
    "9907": "returned",
}


def account(ending: str) -> str:
    number = f"62178540000{ending}"
    return str(number + luhn.calc_check_digit(number))


class NoWorkflows:
    async def start(self, case_id: str) -> None:
        return

    async def signal(self, case_id: str, signal: str, outbox_id: int) -> None:
        return

    async def revive(self, case_id: str, signal: str, outbox_id: int) -> None:
        return


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def relayed(engine: Engine, bus: Bus) -> Iterator[None]:
    stop = threading.Event()
    relay = Relay(engine, bus, NoWorkflows(), case_is_closed=lambda *_: True, link_audit=audit.link)
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def subsidy_app(counter: Counter) -> Flask:
    service = cast(Service, SimpleNamespace(sessions=counter.sessions, office=counter.office))
    signer = a_signer()
    feed = feed_blueprint(counter.sessions, requires("events.reader", "finance.system"))
    app = create_web(
        web_settings("subsidy"),
        counter.sessions,
        counter.office,
        [feed, *blueprints(service)],
        keys=signer.keys,
    )
    someone = Person("finance", "finance", BANK.person_ref, BANK.memberships, Text("", ""))
    identity = Flask("identity")
    identity.post("/token", endpoint="token")(
        lambda: jsonify(access_token=signer.token(someone), expires_in=300)
    )
    app.extensions["identity"] = identity
    return app


def run_finance(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.finance"], cwd=ROOT, env={**os.environ, **environ}
    )


def until(holds: Callable[[], bool], what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, what()
        threading.Event().wait(0.1)


@pytest.fixture
def paid(counter: Counter) -> dict[str, str]:
    """Case -> how it should end. Two of each behaviour, in one allocated batch."""
    counter.grant(100_000_000)
    wanted = {}
    for number, ending in enumerate(list(ENDINGS) * 2, start=1):
        wanted[counter.audited(number, account=account(ending))] = ENDINGS[ending]
    counter.allocated()
    return wanted


def test_every_payment_ends_once_although_finance_is_killed_again_and_again(
    counter: Counter, paid: dict[str, str], database: Any, tmp_path: Path
) -> None:
    app = subsidy_app(counter)
    ledger = Ledger(
        Journal(tmp_path / "bank.jsonl"),
        dated=lambda: "2024-03-05T08:00:00+08:00",
        settle_seconds=0.3,
        return_seconds=0.6,
    )
    bus_url = f"pgmq:{keyword_dsn(database(None))}"

    def states() -> dict[str, str]:
        with counter.sessions() as session:
            rows = session.execute(select(Payment.case_id, Payment.state))
            return {case_id: str(state) for case_id, state in rows}

    def expected() -> dict[str, str]:
        """A kill between the mark and the order means an order that never went out; it is asked
        about, not sent again, and ends as never booked."""
        sent = set(ordered(ledger))
        with counter.sessions() as session:
            rows = session.execute(select(Payment.case_id, Payment.end_to_end_id)).all()
        return {case: paid[case] if order in sent else "rejected" for case, order in rows}

    with counter.sessions() as session:
        engine = cast(Engine, session.get_bind())
    with (
        relayed(engine, Bus(bus_url)),
        served(app) as web,
        served(app.extensions["identity"]) as identity,
        served(create_bank(ledger, late_seconds=1.5)) as bank,
    ):
        environ = {
            "GONGJIANG_FINANCE_DATABASE_URL": database(None),
            "GONGJIANG_BUS_URL": bus_url,
            "GONGJIANG_SUBSIDY_URL": f"{web}/subsidy",
            "GONGJIANG_BANK_URL": bank,
            "GONGJIANG_OIDC_TOKEN_URL": f"{identity}/token",
            "GONGJIANG_FINANCE_CLIENT_ID": "finance",
            "GONGJIANG_FINANCE_CLIENT_SECRET": "secret",
            "GONGJIANG_FINANCE_SEND_SECONDS": "0.5",
            "GONGJIANG_FINANCE_ASK_SECONDS": "0.2",
            "GONGJIANG_FINANCE_NOT_BOOKED_SECONDS": "4",
        }
        for orders in (1, 4, 8):
            process = run_finance(environ)
            try:
                until(
                    lambda least=orders: len(ordered(ledger)) >= least,  # type: ignore[misc]
                    lambda: ledger.log(),
                )
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait()
        process = run_finance(environ)
        try:
            until(lambda: states() == expected(), lambda: (states(), expected()))
        finally:
            process.terminate()
            assert process.wait(timeout=15) == 0

    assert max(Tally(ordered(ledger)).values()) == 1
    assert [each["kind"] for each in ledger.log() if each["kind"] == "duplicate"] == []
    with counter.sessions() as session:
        [position] = queries.positions(session)
        assert queries.differences(session) == []
        settled = sum(state == "settled" for state in states().values())
        assert position[Account.DISBURSED] == settled * 150_000
        assert position[Account.COMMITTED] == 0
        assert position[Account.RESERVED] == (len(paid) - settled) * 150_000


def ordered(ledger: Ledger) -> list[str]:
    return [each["end_to_end_id"] for each in ledger.log() if each["kind"] == "order"]
