"""The figures that a person compares with the story: by sitting, and by scheme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deploy.verify.evidence import FINANCE, Evidence

_SITTINGS = """
    SELECT s.case_id AS id, s.place, count(DISTINCT k.id) AS candidates,
           count(DISTINCT c.number) AS certificates, array_agg(DISTINCT c.number) AS numbers
    FROM sittings s LEFT JOIN candidates k ON k.sitting_id = s.case_id
    LEFT JOIN certificates c ON c.sitting_id = s.case_id
    GROUP BY s.case_id, s.place HAVING count(c.number) > 0 ORDER BY s.case_id"""
_CLAIMS = """
    SELECT c.id, c.procedure, c.status, p.evidence,
           count(y.id) FILTER (WHERE y.state NOT IN ('planned', 'cancelled')) AS instructed,
           count(y.id) FILTER (WHERE y.state IN ('rejected', 'returned')) AS failed,
           count(y.replaces) FILTER (WHERE y.state NOT IN ('planned', 'cancelled')) AS replaced,
           count(y.id) FILTER (WHERE y.state = 'settled') AS settled,
           coalesce(sum(y.amount_fen) FILTER (WHERE y.state = 'settled'), 0) AS fen
    FROM cases c LEFT JOIN proposals p ON p.case_id = c.id LEFT JOIN payments y ON y.case_id = c.id
    GROUP BY c.id, c.procedure, c.status, p.evidence"""
_COUNTED = ("instructed", "failed", "replaced", "settled", "fen")
HEADING = (
    *("", "考生 candidates", "证书 certificates", "申请 claims", "不予 refused"),
    *("指令 instructed", "退件 rejected", "补付 replaced", "到账 settled", "分 fen"),
)
_TOTALS = """
    SELECT (SELECT count(*) FROM event_log) AS events,
           (SELECT count(*) FROM audit_chain) AS links,
           (SELECT count(*) FROM cases) AS cases"""


def figures(evidence: Evidence) -> list[Sequence[str]]:
    """A heading and a line for each sitting and each scheme that has a claim."""
    claims = evidence.rows("subsidy", _CLAIMS)
    lines: list[Sequence[str]] = [HEADING]
    for sitting in evidence.rows("assessment", _SITTINGS):
        numbers = set(sitting["numbers"])
        own = [claim for claim in claims if claim["evidence"] in numbers]
        name = f"{sitting['id']} {sitting['place']}"
        lines.append(_line(name, str(sitting["candidates"]), str(sitting["certificates"]), own))
    for scheme in sorted({claim["procedure"] for claim in claims}):
        own = [claim for claim in claims if claim["procedure"] == scheme]
        lines.append(_line(scheme, "", "", own))
    return lines


def totals(evidence: Evidence) -> list[Sequence[str]]:
    lines: list[Sequence[str]] = [("", "申请 cases", "事件 events", "审计 audit")]
    for service in ("nomination", "assessment", "subsidy"):
        row = evidence.rows(service, _TOTALS)[0]
        lines.append((service, str(row["cases"]), str(row["events"]), str(row["links"])))
    taken = evidence.rows(FINANCE, "SELECT count(*) AS n FROM inbox")[0]["n"]
    lines.append((FINANCE, "", str(taken), ""))
    debits = sum(1 for entry in evidence.bank if entry["kind"] == "debit")
    lines.append((f"bank（{debits} debits）", "", str(len(evidence.bank)), ""))
    return lines


def _line(name: str, candidates: str, certificates: str, claims: Sequence[Any]) -> tuple[str, ...]:
    refused = sum(1 for claim in claims if claim["status"] == "refused")
    counted = [str(sum(int(claim[column]) for claim in claims)) for column in _COUNTED]
    return (name, candidates, certificates, str(len(claims)), str(refused), *counted)
