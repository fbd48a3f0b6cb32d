"""Facts against a procedure's rules: findings, in the document's order, with three-valued logic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.procedures.entries import NO_CLAUSE, find, sheet_of
from shared.procedures.model import RuleEntry, Step
from shared.procedures.procedure import Procedure
from shared.procedures.rulebook import Facts, Finding, RuleBook
from shared.procedures.verdicts import FactSheet


def evaluate(
    procedure: Procedure,
    facts: Facts,
    rules: RuleBook,
    entries: Sequence[RuleEntry] | None = None,
) -> list[Finding]:
    """Findings of the case's rules, or of `entries` (such as `procedure.row_rules`). Rules whose
    `when` does not hold are left out."""
    sheet = fact_sheet(procedure, facts)
    clause = procedure.source.text if procedure.source else NO_CLAUSE
    chosen = procedure.rules if entries is None else entries
    found = [find(entry, sheet, rules, clause) for entry in chosen]
    return [finding for finding in found if finding is not None]


def holds(
    procedure: Procedure, entry: RuleEntry | None, facts: Facts, rules: RuleBook
) -> bool | None:
    """Whether a `when` holds; nothing written holds always; None while it is not known."""
    if entry is None:
        return True
    finding = find(entry, fact_sheet(procedure, facts), rules, NO_CLAUSE)
    return True if finding is None else finding.passed


def step_applies(procedure: Procedure, step: Step, facts: Facts, rules: RuleBook) -> bool | None:
    return holds(procedure, step.when, facts, rules)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop the form from being submitted."""
    return [one for one in findings if one.blocks == "submission" and one.passed is False]


def fact_sheet(procedure: Procedure, facts: Facts) -> FactSheet:
    entitlement = procedure.outcome.get("entitlement") or {}
    own = {
        "procedure": procedure.id,
        "scheme": procedure.scheme,
        "excludes": tuple(entitlement.get("excludes", ())),
    }
    return sheet_of(procedure.form, {**facts, **own})
