from __future__ import annotations

from flask import Flask
from sqlalchemy import Engine

from shared.messaging.feed import feed_blueprint
from shared.messaging.numbering import number_events
from shared.messaging.outbox import publish
from shared.persistence import Sessions
from tests.integration.messaging.world import instruction


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
    closed_app.register_blueprint(feed_blueprint(sessions, lambda view: lambda: ("no", 403)))

    page = open_app.test_client().get("/events?after=1&limit=2").get_json()
    assert [int(event["sequence"]) for event in page["events"]] == [2, 3]
    assert page["next"] == 3
    assert open_app.test_client().get("/events?after=5").get_json() == {"events": [], "next": 5}
    assert closed_app.test_client().get("/events").status_code == 403
