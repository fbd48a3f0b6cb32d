"""Facts worked out of what registries and the database know. Pure: dates come in as facts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shared.procedures import Procedure, RuleBook
from shared.procedures.model import RuleCall, RuleEntry

ALLOCATION_STEP = "funds_allocated"
DECEASED = "deceased"  # the registry's word; nobody dead is paid, whatever the document asks

FROM_THE_REGISTRY = frozenset(
    {
        "insured_months",
        "insured_in_issue_month",
        "draws_unemployment_benefit",
        "drew_benefit_in_issue_month",
        "employment_status",
        "household_region",
    }
)

_LISTS = ("contributed", "benefit")


def insurance_facts(
    record: Mapping[str, Any], applied_on: date, issued_on: date | None
) -> dict[str, Any]:
    """From the registry's months (`YYYY-MM`): contributions counted to the application (Hunan's
    audit point 2, domain A5.1), and the person's standing in the month of issue. A list that the
    answer does not have is not known; an empty one says that there are none."""
    contributed, benefit = (_months(record.get(f"{name}_months")) for name in _LISTS)
    until = _month(applied_on)
    facts: dict[str, Any] = {}
    if contributed is not None:
        facts["insured_months"] = sum(1 for month in contributed if month <= until)
    if benefit is not None:
        facts["draws_unemployment_benefit"] = until in benefit
    if issued_on is not None and contributed is not None:
        facts["insured_in_issue_month"] = _month(issued_on) in contributed
    if issued_on is not None and benefit is not None:
        facts["drew_benefit_in_issue_month"] = _month(issued_on) in benefit
    for name in ("employment_status", "household_region"):
        if record.get(name):
            facts[name] = record[name]
    return facts


def known_by(record: Mapping[str, Any], applied_on: date) -> dict[str, Any]:
    """The part of a registry's answer that the facts of a claim are made of, so that two answers
    compare: months after the application count for nothing."""
    until = _month(applied_on)
    months = {
        name: sorted(month for month in found if month <= until)
        for name in _LISTS
        if (found := _months(record.get(f"{name}_months"))) is not None
    }
    named = {name: record.get(name) for name in ("employment_status", "household_region")}
    return {**months, **named}


def earlier_claims(
    claims: Iterable[Mapping[str, Any]], submitted: tuple[str, str] | None
) -> list[dict[str, Any]]:
    """The person's other claims that count against this one: those submitted before it, so that of
    two for the same thing the first goes on. `submitted` is (moment, case id); a draft has None
    and stands behind all."""
    return [
        {name: value for name, value in claim.items() if name != "submitted"}
        for claim in claims
        if submitted is None or claim["submitted"] < submitted
    ]


def _months(answer: Any) -> set[str] | None:
    return set(map(str, answer)) if isinstance(answer, list | tuple) else None


def _month(day: date) -> str:
    return day.strftime("%Y-%m")


def facts_needed(procedure: Procedure, rules: RuleBook) -> set[str]:
    """Every fact that a rule of the procedure, or the condition of a step, reads."""
    entries = [*procedure.rules, *(step.when for step in procedure.steps if step.when)]
    return {name for entry in entries for name in _of_entry(entry, rules)}


def _of_entry(entry: RuleEntry, rules: RuleBook) -> set[str]:
    names = set() if entry.when is None else _of_entry(entry.when, rules)
    if isinstance(entry, RuleCall):
        return names | set(rules[entry.rule].facts_needed(entry.params))
    for member in entry.entries:
        names |= _of_entry(member, rules)
    return names
