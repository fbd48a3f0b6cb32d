"""The bank's log against what was instructed, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from deploy.verify import payments
from deploy.verify.evidence import Violation

ORDER = {"kind": "order", "end_to_end_id": "E1", "amount_fen": 150_000}
DEBIT = {**ORDER, "kind": "debit"}
CREDIT = {**ORDER, "kind": "credit"}
REFUSAL = {**ORDER, "kind": "refusal"}


@dataclass
class Told:
    """Evidence of one payment, P1 under E1, in these states."""

    bank: Sequence[Mapping[str, Any]]
    state: str = "settled"
    fen: int = 150_000

    def rows(self, database: str, sql: str) -> list[dict[str, Any]]:
        row = {
            "id": "P1",
            "end_to_end_id": "E1",
            "fen": self.fen,
            "state": self.state,
            "entitlement": "N1",
        }
        return [row]


def found(told: Any) -> list[Violation]:
    return list(payments.violations(told))


@pytest.mark.parametrize(
    ("bank", "state"),
    [
        ([ORDER, DEBIT], "settled"),
        ([ORDER, REFUSAL], "rejected"),
        ([ORDER, DEBIT, CREDIT], "returned"),
        ([ORDER, {**ORDER, "kind": "loss"}], "rejected"),
        ([ORDER, {**ORDER, "kind": "duplicate"}, DEBIT], "settled"),
        ([ORDER], "sent"),
        ([], "unknown"),
    ],
)
def test_a_payment_that_the_bank_knows_as_finance_does_is_in_order(
    bank: list[Mapping[str, Any]], state: str
) -> None:
    assert found(Told(bank, state)) == []


@pytest.mark.parametrize(
    ("bank", "state", "row"),
    [
        ([ORDER, DEBIT, DEBIT], "settled", "E1"),
        ([ORDER, {**DEBIT, "amount_fen": 1}], "settled", "E1"),
        ([ORDER, DEBIT], "rejected", "P1"),
        ([ORDER, REFUSAL], "settled", "P1"),
        ([], "settled", "P1"),
        ([ORDER, DEBIT, {**ORDER, "end_to_end_id": "E2"}], "settled", "E2"),
    ],
)
def test_what_the_bank_did_otherwise_is_named(
    bank: list[Mapping[str, Any]], state: str, row: str
) -> None:
    assert row in [each.row for each in found(Told(bank, state))]


def test_a_sum_that_differs_names_all_three() -> None:
    said = [each.zh for each in found(Told([ORDER, REFUSAL], "settled"))]

    assert any("subsidy 150000，finance 150000，bank 0" in each for each in said)
