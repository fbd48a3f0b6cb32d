"""A line of a status report as it was received, readable or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.subsidy.payments.rules import PaymentState
from services.subsidy.reports.rules import in_one_line
from shared.kernel.errors import DomainError

LONGEST_KEPT = 200  # of what cannot be read


@dataclass(frozen=True)
class StatusReport:
    """`status` None: the bank has not ended it yet (see `bank_files/status_codes.py`). `report_id`
    is the bank's or the finance system's own; None: end-to-end id, status and moment together tell
    a repetition. `information`: the bank's free text. `account`: whose it says was paid; compared,
    not kept."""

    end_to_end_id: str
    status: PaymentState | None
    reason_code: str | None
    reported_at: datetime
    report_id: str | None = None
    amount_fen: int | None = None
    currency: str | None = None
    account: str | None = None
    bank_status: str | None = None
    information: str | None = None

    @property
    def said(self) -> str:
        return "pending" if self.status is None else str(self.status)

    @property
    def key(self) -> str:
        moment = self.reported_at.isoformat()
        return self.report_id or f"{self.end_to_end_id}:{self.said}:{moment}"


@dataclass(frozen=True)
class RefusedLine:
    """A line that cannot be read; what of it can is kept all the same."""

    errors: Sequence[DomainError]
    end_to_end_id: str | None = None
    report_id: str | None = None
    said: str | None = None
    reported_at: datetime | None = None

    def __post_init__(self) -> None:
        """What a database can take of what was sent."""
        for name, text in (
            ("end_to_end_id", self.end_to_end_id),
            ("report_id", self.report_id),
            ("said", self.said),
        ):
            if text is not None:
                object.__setattr__(self, name, in_one_line(text, LONGEST_KEPT) or None)


Line = StatusReport | RefusedLine
