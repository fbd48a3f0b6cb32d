"""What nomination does with a document (shared/procedures/capabilities.py)."""

from services.nomination.competitions.rules import TIERS
from services.nomination.nominations.rules import VETO_OF_OFFICE
from shared.procedures.capabilities import (
    ALWAYS,
    OF_A_CERTIFICATE,
    OF_EVERY_CASE,
    Capabilities,
    Supply,
)

CAPABILITIES = Capabilities(
    service="nomination",
    outcomes=("honour",),
    outcome_needed=False,
    facts={
        **OF_EVERY_CASE,
        **OF_A_CERTIFICATE,
        **dict.fromkeys(("certificates", "competition_results", "honours"), ALWAYS),
        "employer_vetoes": Supply(step_kind="opinions"),
    },
    veto_offices=frozenset(VETO_OF_OFFICE),
    tiers=tuple(TIERS),
)
