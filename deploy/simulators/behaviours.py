"""How the bank treats an account: by its number, so that a demonstration needs no set-up.

The last four digits before the check digit decide; everything else is settled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`outcome`: settled, rejected or lost (taken but never booked). `reason`: ISO 20022.
    `delayed`: the answer to the order comes too late for its sender. `reports`: how often the
    outcome is reported by itself. `returned`: comes back after it was settled (退汇)."""

    name: str
    outcome: str = "settled"
    reason: str | None = None
    delayed: bool = False
    reports: int = 1
    returned: bool = False


BEHAVIOURS = {
    each.name: each
    for each in (
        Behaviour("settle"),
        Behaviour("refuse_closed", outcome="rejected", reason="AC04"),
        Behaviour("refuse_name", outcome="rejected", reason="BE01"),
        Behaviour("late", delayed=True),
        Behaviour("twice", reports=2),
        Behaviour("silent", reports=0),
        Behaviour("lost", outcome="lost", delayed=True, reports=0),
        Behaviour("return", returned=True),
    )
}
RETURN_REASON = "AC04"
RESERVED = {
    "9901": "refuse_closed",
    "9902": "refuse_name",
    "9903": "late",
    "9904": "twice",
    "9905": "silent",
    "9906": "lost",
    "9907": "return",
}


def behaviour_of(account: str) -> str:
    """6217850000000009901x -> refuse_closed, whatever the check digit x."""
    return RESERVED.get(account[-5:-1], "settle")
