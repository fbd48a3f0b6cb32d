from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from shared.messaging.feed import HttpFeed, RestoredFeed, feed_blueprint
from shared.messaging.numbering import number_events
from shared.messaging.outbox import publish
from shared.persistence import Sessions
from shared.web.access import public
from shared.web.application import create_web
from tests.integration.finance.test_paying_what_subsidy_instructs import served
from tests.integration.messaging.world import instruction
from tests.signing import web_settings


def test_the_feed_pages_by_number_and_only_through_its_decorator(
    engine: Engine, sessions: Sessions
) -> None:
    with sessions.begin() as session:
        for number in range(5):
            publish(session, instruction("CLM-1", number), case_id="CLM-1")
    with engine.connect() as connection:
        number_events(connection)
    open_app, closed_app = Flask("open"), Flask("closed")
    open_app.register_blueprint(feed_blueprint(sessions, lambda view: view))
    closed_app.register_blueprint(feed_blueprint(sessions, lambda view: lambda query: ("no", 403)))

    page = open_app.test_client().get("/events?after=1&limit=2").get_json()
    assert [int(event["sequence"]) for event in page["events"]] == [2, 3]
    assert (page["next"], page["head"]) == (3, 5)
    last = open_app.test_client().get("/events?after=5").get_json()
    assert last == {"events": [], "next": 5, "head": 5}
    assert closed_app.test_client().get("/events").status_code == 403


def test_an_empty_feed_has_the_head_0(sessions: Sessions) -> None:
    app = Flask("open")
    app.register_blueprint(feed_blueprint(sessions, lambda view: view))
    page = app.test_client().get("/events").get_json()
    assert page == {"events": [], "next": 0, "head": 0}


def test_a_reader_who_saw_more_than_the_feed_has_is_told(
    engine: Engine, sessions: Sessions
) -> None:
    """The service's database was restored from a copy: its numbers will be given again."""
    with sessions.begin() as session:
        publish(session, instruction("CLM-1", 1), case_id="CLM-1")
    with engine.connect() as connection:
        number_events(connection)
    app = create_web(
        web_settings("subsidy"), sessions, None, [feed_blueprint(sessions, public)], keys=None
    )
    answer = app.test_client().get("/subsidy/api/v1/events?after=2")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "feed_behind")
    assert answer.get_json()["facts"] == {"head": "1"}
    with served(app) as url, pytest.raises(RestoredFeed):
        HttpFeed(f"{url}/subsidy/api/v1", lambda: "token").read(2, 10)
