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
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask, jsonify
from sqlalchemy import Engine, select
from stdnum import luhn
from werkzeug.serving import make_server

import deploy
from deploy.finance.database import Database
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


@dataclass
class Offices:
    """Everything but finance, at work: subsidy, its relay, the bus, the bank."""

    counter: Counter
    ledger: Ledger
    environ: dict[str, str]
    wanted: dict[str, str]  # case -> how it should end, if its order reached the bank

    def states(self) -> dict[str, str]:
        with self.counter.sessions() as session:
            rows = session.execute(select(Payment.case_id, Payment.state))
            return {case_id: str(state) for case_id, state in rows}

    def expected(self) -> dict[str, str]:
        """A kill between the mark and the order means an order that never went out; it is asked
        about, not sent again, and ends as never booked."""
        sent = set(requests(self.ledger))
        with self.counter.sessions() as session:
            rows = session.execute(select(Payment.case_id, Payment.end_to_end_id)).all()
        return {case: self.wanted[case] if order in sent else "rejected" for case, order in rows}

    def pay_until(self, database_url: str, holds: Callable[[], bool], kill: bool = False) -> None:
        process = run_finance({**self.environ, "GONGJIANG_FINANCE_DATABASE_URL": database_url})
        try:
            until(holds, lambda: (self.states(), self.expected(), self.ledger.log()))
        finally:
            process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            code = process.wait(timeout=15)
        assert kill or code == 0

    def all_ended(self) -> bool:
        return self.states() == self.expected()

    def requested(self, orders: int) -> bool:
        return len(requests(self.ledger)) >= orders


@pytest.fixture
def offices(counter: Counter, database: Any, tmp_path: Path) -> Iterator[Offices]:
    """Two payments of each behaviour of the bank, in one allocated batch."""
    counter.grant(100_000_000)
    wanted = {}
    for number, ending in enumerate(list(ENDINGS) * 2, start=1):
        wanted[counter.audited(number, account=account(ending))] = ENDINGS[ending]
    counter.allocated()
    app = subsidy_app(counter)
    ledger = Ledger(
        Journal(tmp_path / "bank.jsonl"),
        dated=lambda: "2024-03-05T08:00:00+08:00",
        settle_seconds=0.3,
        return_seconds=0.6,
    )
    bus_url = f"pgmq:{keyword_dsn(database(None))}"
    with counter.sessions() as session:
        engine = cast(Engine, session.get_bind())
    with (
        relayed(engine, Bus(bus_url)),
        served(app) as web,
        served(app.extensions["identity"]) as identity,
        served(create_bank(ledger, late_seconds=1.5)) as bank,
    ):
        environ = {
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
        yield Offices(counter, ledger, environ, wanted)


def test_every_payment_ends_once_although_finance_is_killed_again_and_again(
    offices: Offices, database: Any
) -> None:
    own = database(None)
    for orders in (1, 4, 8):
        offices.pay_until(own, lambda least=orders: offices.requested(least), kill=True)  # type: ignore[misc]
    offices.pay_until(own, offices.all_ended)

    assert max(Tally(requests(offices.ledger)).values()) == 1
    with offices.counter.sessions() as session:
        [position] = queries.positions(session)
        assert queries.differences(session) == []
        settled = sum(state == "settled" for state in offices.states().values())
        assert position[Account.DISBURSED] == settled * 150_000
        assert position[Account.COMMITTED] == 0
        assert position[Account.RESERVED] == (len(offices.wanted) - settled) * 150_000


def test_a_lost_database_and_a_replay_from_0_send_no_order_that_the_bank_booked_again(
    offices: Offices, database: Any
) -> None:
    """The first database is lost with reports that subsidy was never told; the second when all
    was said and done. Each successor starts from an empty database and reads the feed from 0."""
    offices.pay_until(database(None), lambda: offices.requested(9), kill=True)
    offices.pay_until(database(None), offices.all_ended)
    ended = requests(offices.ledger)
    third = database(None)
    offices.pay_until(third, lambda: nothing_waits(third))

    assert requests(offices.ledger) == ended
    booked = {each["end_to_end_id"] for each in offices.ledger.log() if each["kind"] == "debit"}
    asked_for = Tally(requests(offices.ledger))
    assert {order: asked_for[order] for order in booked} == dict.fromkeys(booked, 1)
    assert len(booked) == sum(ending in ("settled", "returned") for ending in ENDINGS.values()) * 2


def nothing_waits(url: str) -> bool:
    """The consumer of this database has taken every instruction and knows the end of each."""
    with Database(url.replace("postgresql+psycopg://", "postgresql://")).connect() as connection:
        if connection.execute("SELECT to_regclass('instructions') AS it").fetchone() == {
            "it": None
        }:
            return False
        found = connection.execute("SELECT state FROM instructions").fetchall()
    ended = ("settled", "rejected", "returned")
    return len(found) == len(ENDINGS) * 2 and all(row["state"] in ended for row in found)


def requests(ledger: Ledger) -> list[str]:
    """Every order that reached the bank, whether it was booked or known as repeated."""
    kinds = ("order", "duplicate", "conflict")
    return [each["end_to_end_id"] for each in ledger.log() if each["kind"] in kinds]
