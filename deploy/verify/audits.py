"""The audit: chains that hold, nothing outside them, no decision without its entry."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.verify.evidence import SERVICES, Evidence, Rule, Violation
from shared.audit import not_linked, verify

RULES = (
    Rule(
        """SELECT d.id AS row, d.case_id AS case_id, count(a.id) AS entries FROM decisions d
           LEFT JOIN audit_entries a ON a.case_id = d.case_id AND a.action = 'task_decided'
                AND a.facts->>'task' = d.task_id
           GROUP BY d.id, d.case_id HAVING count(a.id) <> 1""",
        "{case_id} 的决定有 {entries} 条审计记录",
        "a decision in {case_id} has {entries} audit entries",
    ),
)


def violations(evidence: Evidence) -> Iterator[Violation]:
    for service in SERVICES:
        connection = evidence.databases[service]
        for found in verify(connection):
            row = f"audit_entries {found.entry_id} (link {found.position})"
            yield Violation(service, row, found.what.zh, found.what.en)
        for entry in not_linked(connection):
            yield Violation(
                service,
                f"audit_entries {entry}",
                "审计记录没有上链",
                "the entry is not in the chain",
            )
