"""What one service issued or took back is what the others were told, and what they know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.verify.evidence import Evidence, Violation


@dataclass(frozen=True, slots=True)
class Told:
    """A statement for who issued it, for the events, and for each service that keeps it; each
    gives `row`, and the facts that must agree."""

    zh: str
    issuer: str
    issued: str
    event: str
    kept: Mapping[str, str]


CERTIFICATES = Told(
    zh="证书",
    issuer="assessment",
    issued="SELECT number AS row, person_ref, level::int AS level FROM certificates",
    event="""SELECT event->'data'->>'certificate_no' AS row, event->'data'->>'person_ref'
                 AS person_ref, (event->'data'->>'level')::int AS level
             FROM event_log WHERE type = 'assessment.certificate_issued.v1'""",
    kept={
        "subsidy": "SELECT certificate_no AS row, person_ref, level::int AS level "
        "FROM known_certificates",
        "nomination": "SELECT certificate_no AS row, person_ref, level::int AS level "
        "FROM held_certificates",
    },
)
HONOURS = Told(
    zh="荣誉",
    issuer="nomination",
    issued="SELECT honour_no AS row, person_ref, programme FROM honours",
    event="""SELECT event->'data'->>'honour_no' AS row, event->'data'->>'person_ref'
                 AS person_ref, event->'data'->>'programme' AS programme
             FROM event_log WHERE type = 'nomination.honour_conferred.v1'""",
    kept={"subsidy": "SELECT honour_no AS row, person_ref, programme FROM known_honours"},
)
REVOKED_CERTIFICATES = Told(
    zh="撤销的证书",
    issuer="assessment",
    issued="SELECT number AS row, person_ref FROM certificates WHERE state = 'revoked'",
    event="""SELECT event->'data'->>'certificate_no' AS row, event->'data'->>'person_ref'
                 AS person_ref
             FROM event_log WHERE type = 'assessment.certificate_revoked.v1'""",
    kept={
        "subsidy": "SELECT certificate_no AS row, person_ref FROM known_certificates "
        "WHERE revoked_on IS NOT NULL",
        "nomination": "SELECT certificate_no AS row, person_ref FROM held_certificates "
        "WHERE revoked_on IS NOT NULL",
    },
)
REVOKED_HONOURS = Told(
    zh="撤销的荣誉",
    issuer="nomination",
    issued="SELECT honour_no AS row, person_ref, programme FROM honours WHERE status = 'revoked'",
    event="""SELECT event->'data'->>'honour_no' AS row, event->'data'->>'person_ref'
                 AS person_ref, event->'data'->>'programme' AS programme
             FROM event_log WHERE type = 'nomination.honour_revoked.v1'""",
    kept={
        "subsidy": "SELECT honour_no AS row, person_ref, programme FROM known_honours "
        "WHERE revoked_on IS NOT NULL"
    },
)
TOLD = (CERTIFICATES, REVOKED_CERTIFICATES, HONOURS, REVOKED_HONOURS)


def violations(evidence: Evidence) -> Iterator[Violation]:
    for told in TOLD:
        issued = evidence.rows(told.issuer, told.issued)
        events = evidence.rows(told.issuer, told.event)
        yield from _compared(told, told.issuer, "事件 / events", issued, events)
        for service, statement in told.kept.items():
            kept = evidence.rows(service, statement)
            yield from _compared(told, service, service, issued, kept)


def _compared(told: Told, where: str, name: str, issued: Any, found: Any) -> Iterator[Violation]:
    wanted = {row["row"]: dict(row) for row in issued}
    there: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        there.setdefault(row["row"], []).append(dict(row))
    for number in sorted(wanted.keys() | there.keys()):
        if there.get(number) != [wanted.get(number)]:
            yield Violation(
                where, number, f"{told.zh}与{name}不一致", f"issued and {name} do not agree"
            )
