"""The same event published twice stands in the feed once, and no other event waits for it."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import Engine

from shared.messaging.feed import events_after
from shared.messaging.numbering import number_events
from shared.messaging.outbox import publish
from shared.persistence import Sessions
from tests.integration.messaging.world import instruction


def numbers(sessions: Sessions) -> list[tuple[int, str]]:
    with sessions() as session:
        return [(int(each["sequence"]), each["id"]) for each in events_after(session, 0, 100)]


def test_an_event_published_twice_before_it_has_its_number_has_one(
    engine: Engine, sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = instruction("CLM-1", 1), instruction("CLM-2", 1)
    for event in (first, first, second):
        with sessions.begin() as session:
            publish(session, event, case_id=event["subject"])
    with engine.connect() as connection, caplog.at_level(logging.ERROR):
        assert number_events(connection) == 2

    assert numbers(sessions) == [(1, first["id"]), (2, second["id"])]
    assert first["id"] in caplog.text


def test_an_event_that_has_its_number_published_again_does_not_stop_the_numbering(
    engine: Engine, sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = instruction("CLM-1", 1), instruction("CLM-2", 1)
    with sessions.begin() as session:
        publish(session, first, case_id="CLM-1")
    with engine.connect() as connection:
        number_events(connection)
    with sessions.begin() as session:
        publish(session, first, case_id="CLM-1")
        publish(session, second, case_id="CLM-2")
    with engine.connect() as connection, caplog.at_level(logging.ERROR):
        assert number_events(connection) == 1

    assert numbers(sessions) == [(1, first["id"]), (2, second["id"])]
    assert first["id"] in caplog.text
