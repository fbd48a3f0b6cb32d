"""What the doctor finds in a service's database."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import make_url

from deploy.addresses import keyword_dsn
from deploy.run.health import examine

PARKED = (
    "insert into blocked_cases (case_id, outbox_id, attempts, last_error, next_attempt_at_utc,"
    " parked_at_utc) values ('CLM-1', 1, 9, 'no workflow', now(), now())"
)
WAITING = PARKED.replace("now(), now()", "now(), null")
DEAD = (
    "insert into dead_letters (subscription, event_id, type, event, attempts, reason)"
    " values ('claims', 'e1', 'assessment.certificate_issued.v1', '{}', 5, 'KeyError')"
)
LATE = (
    "insert into outbox (case_id, kind, created_at_utc)"
    " values ('CLM-2', 'start', now() - interval '2 minutes')"
)


@pytest.fixture
def dsn(database: Callable[[str], str]) -> str:
    return keyword_dsn(make_url(database("subsidy")))


def found(dsn: str, *statements: str) -> list[str]:
    with psycopg.connect(dsn) as session:
        for statement in statements:
            session.execute(statement.encode())
    return [str(finding) for finding in examine(dsn, "subsidy")]


def test_a_new_database_is_well(dsn: str) -> None:
    assert found(dsn) == []


def test_a_parked_case_is_named_with_its_remedy(dsn: str) -> None:
    (said,) = found(dsn, PARKED)

    assert "CLM-1" in said and "no workflow" in said
    assert "搁置" in said and "parked" in said and "make free SERVICE=subsidy" in said


def test_a_case_that_waits_for_its_next_attempt_is_not_parked(dsn: str) -> None:
    assert found(dsn, WAITING) == []


def test_a_dead_letter_is_named_with_its_remedy(dsn: str) -> None:
    (said,) = found(dsn, DEAD)

    assert "assessment.certificate_issued.v1" in said and "make replay SERVICE=subsidy" in said


def test_a_message_that_nobody_sends_points_to_the_relay(dsn: str) -> None:
    (said,) = found(dsn, LATE)

    assert "CLM-2" in said and "make logs NAME=subsidy-relay" in said
