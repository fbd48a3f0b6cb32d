"""The bank's books: payments, debits and status reports, all of them rebuilt from the journal.

The journal is the state. It holds every request, repeated ones too, so that a payment that was
sent twice can be seen even though it is booked once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.simulators.behaviours import BEHAVIOURS, RETURN_REASON, Behaviour, behaviour_of
from deploy.simulators.journal import Journal

Entry = dict[str, Any]
_BOOKED = {"settled": "debit", "rejected": "refusal", "lost": "loss", "returned": "credit"}


@dataclass(frozen=True, slots=True)
class Order:
    end_to_end_id: str
    amount_fen: int
    account: str
    name: str

    def digest(self) -> str:
        """Tells a repeated order from another one under the same identifier."""
        parts = (self.end_to_end_id, str(self.amount_fen), self.account, self.name)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(slots=True)
class Payment:
    end_to_end_id: str
    amount_fen: int
    digest: str
    behaviour: Behaviour
    taken_at: float
    status: str = "pending"
    reason: str | None = None
    decided_at: float | None = None


class DifferentOrder(Exception):
    """The identifier is taken by an order with another content."""


class Ledger:
    """`wall` measures the bank's own delays in seconds; `dated` gives the text of a date."""

    def __init__(
        self,
        journal: Journal,
        dated: Callable[[], str],
        settle_seconds: float = 1.0,
        return_seconds: float = 5.0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._journal, self._dated, self._wall = journal, dated, wall
        self._settle, self._return = settle_seconds, return_seconds
        self._lock = threading.RLock()
        self._payments: dict[str, Payment] = {}
        self._open: deque[str] = deque()
        self._reports: list[Entry] = []
        self._chosen: dict[str, str] = {}
        self._next: deque[str] = deque()
        self._entries = 0
        for entry in journal.entries():
            self._apply(entry)

    def order(self, order: Order) -> tuple[Payment, bool]:
        """The payment, and whether it is new. A repeated order changes nothing but the journal.
        Raises DifferentOrder."""
        with self._lock:
            self._advance()
            known = self._payments.get(order.end_to_end_id)
            facts = {"end_to_end_id": order.end_to_end_id, "amount_fen": order.amount_fen}
            if known is not None and known.digest != order.digest():
                self._write({"kind": "conflict", **facts})
                raise DifferentOrder(order.end_to_end_id)
            if known is not None:
                self._write({"kind": "duplicate", **facts})
                return known, False
            behaviour, used_next = self._behaviour(order)
            taken = {
                "kind": "order",
                **facts,
                "digest": order.digest(),
                "account_ends": order.account[-4:],
                "behaviour": behaviour,
                "used_next": used_next,
                "taken_at": self._wall(),
            }
            self._write(taken)
            return self._payments[order.end_to_end_id], True

    def ask(self, end_to_end_id: str) -> Payment | None:
        """None for what was never booked. Whoever asks about a silent payment gets an answer."""
        with self._lock:
            self._advance()
            self._write({"kind": "inquiry", "end_to_end_id": end_to_end_id})
            payment = self._payments.get(end_to_end_id)
            lost = payment is not None and payment.behaviour.outcome == "lost"
            return None if lost else payment

    def reports(self, after: int, limit: int) -> list[Entry]:
        with self._lock:
            self._advance()
            return self._reports[after : after + limit]

    def log(self) -> list[Entry]:
        with self._lock:
            self._advance()
            return list(self._journal.entries())

    def choose(self, behaviour: str, *, key: str | None, times: int) -> None:
        """For an account or an identifier (`key`), or for the next `times` orders."""
        with self._lock:
            digest = None if key is None else _hidden(key)
            self._write({"kind": "control", "behaviour": behaviour, "key": digest, "times": times})

    def _behaviour(self, order: Order) -> tuple[str, bool]:
        """And whether it was meant for the next order only."""
        for key in map(_hidden, (order.end_to_end_id, order.account)):
            if key in self._chosen:
                return self._chosen[key], False
        return (self._next[0], True) if self._next else (behaviour_of(order.account), False)

    def _advance(self) -> None:
        """Books what is due. Asked for at each request: the bank needs no thread of its own, and
        a restart goes on from the times in the journal."""
        now = self._wall()
        for _ in range(len(self._open)):
            payment = self._payments[self._open.popleft()]
            if self._is_open(payment) and now >= (due := self._due(payment)):
                self._write(*self._outcome(payment, due))
            if self._is_open(payment):
                self._open.append(payment.end_to_end_id)

    def _due(self, payment: Payment) -> float:
        if payment.decided_at is None:
            return payment.taken_at + self._settle
        return payment.decided_at + self._return

    def _is_open(self, payment: Payment) -> bool:
        """Something is still to be booked. After a restart the journal has also brought back
        those that were decided long ago: they were booked once already."""
        return payment.status == "pending" or self._comes_back(payment)

    def _comes_back(self, payment: Payment) -> bool:
        return payment.behaviour.returned and payment.status == "settled"

    def _outcome(self, payment: Payment, due: float) -> list[Entry]:
        """The debit and the reports of it go into the journal together."""
        how = payment.behaviour
        facts = {"end_to_end_id": payment.end_to_end_id, "amount_fen": payment.amount_fen}
        status, reason, reports = how.outcome, how.reason, how.reports
        if self._comes_back(payment):
            status, reason, reports = "returned", RETURN_REASON, 1
        kind = _BOOKED[status]
        booked = {"kind": kind, **facts, "status": status, "reason_code": reason, "due": due}
        report = {**facts, "kind": "report", "status": status, "reason_code": reason}
        first = len(self._reports) + 1
        return [booked, *({**report, "n": first + i} for i in range(reports))]

    def _write(self, *entries: Entry) -> None:
        dated = [
            {**e, "seq": self._entries + i + 1, "at": self._dated()} for i, e in enumerate(entries)
        ]
        self._journal.append(*dated)
        for entry in dated:
            self._apply(entry)

    def _apply(self, entry: Entry) -> None:
        self._entries += 1
        match entry["kind"]:
            case "order":
                self._take(entry)
            case "debit" | "refusal" | "loss" | "credit":
                payment = self._payments[entry["end_to_end_id"]]
                payment.status, payment.reason = entry["status"], entry["reason_code"]
                payment.decided_at = entry["due"]
            case "report":
                self._reports.append({**entry, "reported_at": entry["at"]})
            case "control" if entry["key"] is not None:
                self._chosen[entry["key"]] = entry["behaviour"]
            case "control":
                self._next.extend([entry["behaviour"]] * entry["times"])

    def _take(self, entry: Entry) -> None:
        if entry["used_next"]:
            self._next.popleft()
        payment = Payment(
            entry["end_to_end_id"],
            entry["amount_fen"],
            entry["digest"],
            BEHAVIOURS[entry["behaviour"]],
            entry["taken_at"],
        )
        self._payments[payment.end_to_end_id] = payment
        self._open.append(payment.end_to_end_id)


def _hidden(key: str) -> str:
    """The journal keeps no account number."""
    return hashlib.sha256(key.encode()).hexdigest()
