"""A bank that pays, refuses, answers late, twice or never: `python -m deploy.simulators.bank`.

POST /payments, GET /payments/<id>, GET /reports?after=N (it is polled), GET /log, POST /control."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from deploy.simulators.behaviours import BEHAVIOURS
from deploy.simulators.journal import Journal
from deploy.simulators.ledger import DifferentOrder, Ledger, Order, Payment
from deploy.simulators.running import (
    asked_from_this_machine,
    body,
    business_clock,
    new_simulator,
    problem,
    serve,
)

MOST_REPORTS = 1000


def create_bank(ledger: Ledger, late_seconds: float = 12.0) -> Flask:
    """`late_seconds`: how long a late answer takes; longer than its sender's patience."""
    app = new_simulator("bank")

    @app.post("/payments")
    def pay() -> ResponseReturnValue:
        order = read_order(body())
        if isinstance(order, str):
            return problem(422, "invalid_field", order)
        try:
            payment, new = ledger.order(order)
        except DifferentOrder:
            return problem(409, "different_order", "this end_to_end_id is another order's")
        # who asks about a lost order is told that there is none: a repetition gets no other word
        if payment.behaviour.delayed and (new or payment.behaviour.outcome == "lost"):
            time.sleep(late_seconds)
            return problem(504, "late", "the order was taken; ask what became of it")
        return jsonify(shown(payment)), 202 if new else 200

    @app.get("/payments/<end_to_end_id>")
    def ask(end_to_end_id: str) -> ResponseReturnValue:
        payment = ledger.ask(end_to_end_id)
        if payment is None:
            return problem(404, "not_found", "the bank has no such payment")
        return jsonify(shown(payment))

    @app.get("/reports")
    def reports() -> ResponseReturnValue:
        after = max(0, request.args.get("after", 0, int))
        limit = min(MOST_REPORTS, max(1, request.args.get("limit", 100, int)))
        return jsonify(page_of_reports(ledger, after, limit))

    @app.get("/log")
    def log() -> ResponseReturnValue:
        return jsonify({"entries": ledger.log()})

    @app.post("/control")
    def control() -> ResponseReturnValue:
        return set_behaviour(ledger, body())

    return app


def page_of_reports(ledger: Ledger, after: int, limit: int) -> dict[str, Any]:
    found = ledger.reports(after, limit)
    return {"reports": found, "next": found[-1]["n"] if found else after}


def read_order(content: dict[str, Any]) -> Order | str:
    """The order, or what is wrong with it."""
    texts = {name: content.get(name) for name in ("end_to_end_id", "account", "name")}
    for name, text in texts.items():
        if not isinstance(text, str) or not text:
            return f"{name} is missing"
    amount = content.get("amount_fen")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        return "amount_fen must be a whole number above 0"
    return Order(amount_fen=amount, **{name: str(text) for name, text in texts.items()})


def shown(payment: Payment) -> dict[str, Any]:
    return {
        "end_to_end_id": payment.end_to_end_id,
        "amount_fen": payment.amount_fen,
        "status": payment.status,
        "reason_code": payment.reason,
    }


def set_behaviour(ledger: Ledger, content: dict[str, Any]) -> ResponseReturnValue:
    """{behaviour, account} or {behaviour, end_to_end_id} or {behaviour, next: n}."""
    if not asked_from_this_machine():
        return problem(403, "forbidden", "only from the machine itself")
    behaviour, times = content.get("behaviour"), content.get("next", 0)
    key = content.get("end_to_end_id") or content.get("account")
    if behaviour not in BEHAVIOURS or (key is None and not times):
        return problem(422, "invalid_field", "behaviour: " + ", ".join(BEHAVIOURS))
    ledger.choose(behaviour, key=key, times=int(times))
    return jsonify({"behaviour": behaviour})


def bank_from_environ() -> Flask:
    clock = business_clock()
    ledger = Ledger(
        Journal(Path(os.environ["GONGJIANG_STATE"]) / "bank.jsonl"),
        dated=lambda: clock.now().isoformat(timespec="milliseconds"),
        settle_seconds=float(os.environ.get("GONGJIANG_BANK_SETTLE_SECONDS") or 1),
        return_seconds=float(os.environ.get("GONGJIANG_BANK_RETURN_SECONDS") or 5),
    )
    return create_bank(ledger, float(os.environ.get("GONGJIANG_BANK_LATE_SECONDS") or 12))


if __name__ == "__main__":
    serve("deploy.simulators.bank:bank_from_environ")
