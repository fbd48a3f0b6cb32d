"""The money of a campaign over HTTP: a budget, batches made, approved and allocated by three
people, and the repair of what the bank never booked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stdnum import luhn

from tests.faults.caller import Caller

PROCEDURE = "trainee-living-allowance"
SUBSIDY = "/subsidy/api/v1"
REGION, YEAR = "421281", 2024
APPLICANTS = [f"jinggong-worker{n}" for n in range(1, 7)]
OFFICER = "chibi-bureau-officer"
MAKER, APPROVER = "chibi-bureau-payment-maker", "chibi-bureau-payment-approver"
FINANCE = "chibi-finance-bureau-officer"
MOST_IN_A_BATCH = 100


@dataclass
class Treasury:
    """`accepted`: number of a claim -> case id; `settled`: the case ids that are paid."""

    caller: Caller
    name: str
    accepted: dict[int, str]
    settled: set[str]
    refuse: Callable[[str, Any], None]
    repaired: set[str] = field(default_factory=set)  # payment ids
    _done: set[str] = field(default_factory=set)  # batches

    def enter_budget(self, amount_fen: int) -> None:
        body = {
            "fund": "employment_fund",
            "region": REGION,
            "year": YEAR,
            "amount_fen": amount_fen,
            "document_no": self.name,
        }
        answer = self.caller.post(FINANCE, f"{SUBSIDY}/budgets", body, f"budget-{self.name}")
        assert answer.status_code == 201, answer.text

    def pay(self, stop: threading.Event) -> None:
        """Makes, approves and allocates a batch of what waits, again and again."""
        number = 0
        while not stop.is_set():
            if self._waiting():
                number += 1
                self._pay_a_batch(f"batch-{self.name}-{number:04d}")
            elif stop.wait(1.0):
                return

    def _waiting(self) -> int:
        items = self.caller.get(MAKER, f"{SUBSIDY}/waiting-payments")["items"]
        mine = (each for each in items if (each["region"], each["scheme"]) == (REGION, PROCEDURE))
        return sum(each["payments_count"] for each in mine)

    def _pay_a_batch(self, key: str) -> None:
        body = {"region": REGION, "scheme": PROCEDURE, "limit": MOST_IN_A_BATCH}
        made = self.caller.post(MAKER, f"{SUBSIDY}/payment-batches", body, key)
        if made.status_code != 201:
            return self.refuse(key, made)
        batch = f"{SUBSIDY}/payment-batches/{made.json()['id']}"
        for username, act, given in (
            (APPROVER, "approval", {"outcome": "approved"}),
            (FINANCE, "allocation", {"outcome": "allocated", "document_no": key}),
        ):
            answer = self.caller.post(username, f"{batch}/{act}", given, f"{key}-{act}")
            if answer.status_code != 200:
                return self.refuse(f"{key} {act}", answer)
        return None

    def look_after(self, stop: threading.Event) -> None:
        """Sees what was paid, and repairs what the bank never booked: the finance system died
        between its note "sending" and the order, so the order never went out."""
        while not stop.is_set():
            shown = self.caller.get(MAKER, f"{SUBSIDY}/payment-batches?limit=200")
            for batch in shown["items"]:
                if batch["id"] not in self._done:
                    self._look_at(batch["id"])
            if stop.wait(0.5):
                return

    def _look_at(self, batch_id: str) -> None:
        numbers = {case: number for number, case in dict(self.accepted).items()}
        shown = self.caller.get(MAKER, f"{SUBSIDY}/payment-batches/{batch_id}")
        for payment in shown["payments"]:
            case_id, number = payment["case_id"], numbers.get(payment["case_id"])
            if payment["state"] == "settled" and number is not None:
                self.settled.add(case_id)
            elif payment["state"] == "rejected" and number is not None:
                self._repair(payment["payment_id"], number)
        if all(payment["state"] in ("settled", "rejected") for payment in shown["payments"]):
            self._done.add(batch_id)

    def _repair(self, payment_id: str, number: int) -> None:
        """The same account again: nothing was wrong with it."""
        path = f"{SUBSIDY}/payments/{payment_id}/repair"
        applicant = number % len(APPLICANTS)
        body = {"account": account_of(applicant)}
        asked = self.caller.post(APPLICANTS[applicant], path, body, f"repair-{payment_id}")
        key, confirmed = f"confirm-{payment_id}", {"outcome": "confirmed"}
        answer = self.caller.post(OFFICER, f"{path}/confirmation", confirmed, key)
        if (asked.status_code, answer.status_code) == (201, 200):
            self.repaired.add(payment_id)
        else:
            self.refuse(f"repair of {payment_id}", answer)


def account_of(applicant: int) -> str:
    body = f"621785420000{applicant:06d}"
    return body + str(luhn.calc_check_digit(body))
