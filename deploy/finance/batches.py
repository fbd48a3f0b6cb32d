"""What subsidy says of a payment now: the last word before an order goes out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.finance.subsidy import Subsidy

FRESH_SECONDS = 5.0


@dataclass(frozen=True)
class Line:
    """A payment as its batch shows it. Name and account are kept in memory only."""

    end_to_end_id: str
    payment_id: str
    state: str
    reason_code: str | None
    amount_fen: int
    replaced_by: str | None
    taken_out: bool
    name: str = field(repr=False)
    account: str = field(repr=False)


class Batches:
    """The batch of the payment at hand, read again when what was read is no longer fresh."""

    def __init__(self, subsidy: Subsidy) -> None:
        self._subsidy = subsidy
        self._batch_id, self._read_at = "", 0.0
        self._lines: dict[str, Line] = {}

    def line(self, instruction: Mapping[str, Any]) -> Line | None:
        """None when the batch has no such payment. Raises Away."""
        batch_id = str(instruction["batch_id"])
        now = time.monotonic()
        if batch_id != self._batch_id or now - self._read_at > FRESH_SECONDS:
            items = self._subsidy.batch(batch_id)
            self._lines = {item["end_to_end_id"]: _line(item) for item in items}
            self._batch_id, self._read_at = batch_id, now
        return self._lines.get(instruction["end_to_end_id"])


def why_not(instruction: Mapping[str, Any], line: Line | None) -> str | None:
    """Why an order may not go out; None when it may."""
    if line is None or line.payment_id != instruction["payment_id"]:
        return "NOT_IN_BATCH"
    if line.taken_out or line.state != "instructed":
        return "NOT_INSTRUCTED"
    if line.replaced_by is not None:
        return "REPLACED"
    if line.amount_fen != int(instruction["amount_fen"]):
        return "AMOUNT_DIFFERS"
    return None


def _line(item: Mapping[str, Any]) -> Line:
    return Line(
        end_to_end_id=str(item["end_to_end_id"]),
        payment_id=str(item["payment_id"]),
        state=str(item["state"]),
        reason_code=item["reason_code"],
        amount_fen=int(item["amount_fen"]),
        replaced_by=item["replaced_by"],
        taken_out=item["taken_out_at_utc"] is not None,
        name=item["payee"]["name"],
        account=item["payee"]["account"],
    )
