"""What subsidy does with a document (shared/procedures/capabilities.py)."""

import re

from services.subsidy.batches.handlers import FINANCE_BUREAU
from services.subsidy.claims.rules import ALLOCATION_STEP, FROM_THE_REGISTRY
from services.subsidy.credentials.handlers import CERTIFICATE_ISSUED, HONOUR_CONFERRED
from shared.contracts.registry import schema_of
from shared.procedures.capabilities import (
    ALWAYS,
    OF_A_CERTIFICATE,
    OF_EVERY_CASE,
    Capabilities,
    ServiceStep,
    Supply,
)
from shared.procedures.reading.place import Place

_OCCUPATION = re.compile(r"[0-9](-[0-9]{2}){1,3}")


def _occupations(place: Place) -> None:
    for one in place.items():
        one.shaped(
            _OCCUPATION,
            "职业编码写作 6-18-02-04。",
            "an occupation is a code such as 6-18-02-04.",
        )


CAPABILITIES = Capabilities(
    service="subsidy",
    outcomes=("entitlement",),
    outcome_needed=True,
    facts={
        **OF_EVERY_CASE,
        **OF_A_CERTIFICATE,
        **dict.fromkeys(FROM_THE_REGISTRY, ALWAYS),
        **dict.fromkeys(("certificates", "honours", "previous_grants"), ALWAYS),
        "honour_no": Supply(field_type="honour_no"),
        "shortage_occupation": Supply(field_type="certificate_no", setting="shortage_occupations"),
        "insured_in_issue_month": Supply(field_type="certificate_no"),
        "drew_benefit_in_issue_month": Supply(field_type="certificate_no"),
    },
    settings={"shortage_occupations": _occupations},
    external={
        ALLOCATION_STEP: ServiceStep(role=FINANCE_BUREAU, answer="allocated"),
    },
    completed_by={"entitlement": ALLOCATION_STEP},
    proposals={
        event: frozenset(schema_of(event).fields)
        for event in (CERTIFICATE_ISSUED, HONOUR_CONFERRED)
    },
    subject_facts=frozenset({"certificate_no", "occupation", "level", "certificate_issued_on"}),
)
