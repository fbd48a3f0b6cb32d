"""What the document's row rules say of each candidate, kept with the candidate as JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.assessment.sittings.model import Candidate, Sitting
from services.assessment.sittings.rules import Entrant
from shared.kernel.identity_number import IdentityNumber
from shared.procedures import Finding, Procedure, RuleBook, evaluate


def row_findings(
    procedure: Procedure,
    entrant: Entrant | Candidate,
    sitting: Sitting,
    applied_on: date,
    rules: RuleBook,
    told: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """`told` in place of the candidate's own facts. The date of birth is read for the rules and not
    kept."""
    number = IdentityNumber.parse(entrant.identity_number)
    facts = {
        **(entrant.facts if told is None else told),
        "applied_on": applied_on,
        "held_on": sitting.held_on,
        "region": sitting.region,
        "employer": sitting.employer,
        "person_ref": entrant.person_ref,
        "birth_date": number.birth_date,
        "sex": number.sex,
        "condition": entrant.condition,
    }
    return [_as_json(each) for each in evaluate(procedure, facts, rules, procedure.row_rules)]


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "passed": finding.passed,
        "zh": finding.zh,
        "en": finding.en,
        "clause": finding.clause,
        "remedy_zh": finding.remedy_zh,
        "remedy_en": finding.remedy_en,
    }
