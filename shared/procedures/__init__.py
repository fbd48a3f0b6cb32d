"""Procedures are data: documents, the version in force, rules and what follows from them.

How to write a document: README.md beside this file. Knows no service, no database, no clock."""

from shared.procedures.amounts import amount_fen
from shared.procedures.catalogue import Catalogue, NoProcedureInForce, UnknownProcedure
from shared.procedures.evaluate import blocking, evaluate, holds, step_applies
from shared.procedures.forms import validate_form
from shared.procedures.model import (
    ROSTER,
    Benefit,
    DocumentProblems,
    FormField,
    Problem,
    RuleCall,
    RuleEntry,
    RuleGroup,
    Step,
)
from shared.procedures.procedure import Procedure
from shared.procedures.quotas import Quota, QuotaFinding, quota_findings
from shared.procedures.rulebook import Facts, Finding, RuleBook, Verdict
from shared.procedures.rules import shared_rules
from shared.procedures.tallies import meeting_result, panel_result

parse = Procedure.parse

__all__ = [
    "ROSTER",
    "Benefit",
    "Catalogue",
    "DocumentProblems",
    "Facts",
    "Finding",
    "FormField",
    "NoProcedureInForce",
    "Problem",
    "Procedure",
    "Quota",
    "QuotaFinding",
    "RuleBook",
    "RuleCall",
    "RuleEntry",
    "RuleGroup",
    "Step",
    "UnknownProcedure",
    "Verdict",
    "amount_fen",
    "blocking",
    "evaluate",
    "holds",
    "meeting_result",
    "panel_result",
    "parse",
    "quota_findings",
    "shared_rules",
    "step_applies",
    "validate_form",
]
