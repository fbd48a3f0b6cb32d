"""What people do while a part of the system is away: submit, and decide what is open."""

from __future__ import annotations

from tests.faults.caller import Caller
from tests.faults.campaign import DECIDERS, Campaign
from tests.servers.system import until

SECONDS = 180.0
FIRST_STEP = "employer_confirms"


def half_submitted(caller: Caller, name: str, size: int) -> Campaign:
    """Half of the claims submitted, so that tasks are open when the outage comes, none decided."""
    campaign, half = Campaign(caller, name, size), size // 2
    for number in range(half):
        campaign.submit_one(number)
    (person, *_), _outcome = DECIDERS[FIRST_STEP]

    def open_tasks() -> bool:
        return len(campaign.open_tasks(person, FIRST_STEP)) == half

    until(open_tasks, "the first tasks are open", SECONDS)
    return campaign


def act_meanwhile(campaign: Campaign, *, decisions: int) -> None:
    """The rest is submitted, and what is open is decided, so many of the first steps."""
    (person, *_), outcome = DECIDERS[FIRST_STEP]
    for number in range(campaign.size // 2, campaign.size):
        campaign.submit_one(number)

    def decided() -> bool:
        campaign.decide_open_tasks(person, FIRST_STEP, outcome)
        return len(campaign.decided) >= decisions

    until(decided, f"{decisions} decisions", SECONDS)
    assert campaign.refusals == []
    assert (len(campaign.accepted), len(campaign.decided)) == (campaign.size, decisions)
