"""What the workflow and its activity say to each other: ids and waits, never documents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseInput:
    case_id: str


@dataclass(frozen=True)
class AdvanceCase:
    case_id: str


@dataclass(frozen=True)
class CasePosition:
    """Where the case stands: closed with its outcome, or waiting for people, and for how many
    seconds of wall time at most (None: until somebody acts)."""

    closed: bool
    outcome: str | None = None
    wait_seconds: float | None = None


@dataclass(frozen=True)
class CaseChanged:
    """Signal: something was committed for the case. `outbox_id` tells a repeated signal."""

    outbox_id: int


def workflow_id(service: str, case_id: str) -> str:
    return f"{service}:{case_id}"


ADVANCE_CASE = "advance_case"
CASE_CHANGED = "case_changed"
