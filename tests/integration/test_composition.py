"""What the composition of every service brings together, each as in production."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Blueprint
from sqlalchemy import func, select, update

from services.subsidy.app import COMPOSITION
from shared.chores import ANSWERS_KEPT, chores_of
from shared.kernel.clock import wall_now
from shared.messaging.failures import Unavailable
from shared.messaging.outbox import publish
from shared.messaging.tables import OutboxRow
from shared.service import Service, run
from shared.settings import Settings
from shared.web import access
from shared.web.access import public
from shared.web.context import sessions
from shared.web.idempotency import IdempotencyKey
from tests.composed import composed, environ
from tests.integration.messaging.world import submitted
from tests.signing import AUDIENCE, ISSUER, a_person, a_signer

ORGANISATION = "91421281MA4900001X"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def service(database: Callable[[str], str], tmp_path: Path) -> Service:
    return composed("subsidy", database("subsidy"), tmp_path)


def an_answer(service: Service) -> IdempotencyKey:
    row = IdempotencyKey(
        person_ref="5f" * 32, key="k", action="a", request_digest="d", answer={"name": "王建国"}
    )
    with service.sessions.begin() as session:
        session.add(row)
    return row


def test_a_database_that_is_not_migrated_is_not_ready(
    service: Service, empty_database: str, tmp_path: Path
) -> None:
    bare = composed("subsidy", empty_database, tmp_path)
    for each, state in ((service, "ok"), (bare, "unavailable")):
        answer = each.web().test_client().get("/subsidy/ready")
        assert answer.json is not None and answer.json["checks"]["migrations"] == state
        each.engine.dispose()


def test_a_web_process_is_ready_while_the_bus_is_away(service: Service) -> None:
    """It needs none to answer: what would be published waits in the outbox."""
    with pytest.raises(Unavailable):
        service.bus.check()
    assert service.web().test_client().get("/subsidy/ready").status_code == 200
    service.engine.dispose()


def publishing_route(service: Service) -> Blueprint:
    routes = Blueprint("publishing", __name__)

    @routes.post("/publish")
    @public
    def send() -> str:
        with sessions().begin() as session:
            publish(session, submitted("CLM-1"), case_id="CLM-1")
        return ""

    return routes


def test_the_traceparent_of_a_request_reaches_its_events(
    database: Callable[[str], str], tmp_path: Path
) -> None:
    composition = replace(COMPOSITION, blueprints=lambda service: [publishing_route(service)])
    settings = Settings.from_environ("subsidy", environ(database("subsidy"), tmp_path))
    service = Service(composition, settings)
    client = service.web().test_client()
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    assert client.post("/subsidy/api/v1/publish", headers=headers).status_code == 200

    with service.sessions() as session:
        (event,) = session.scalars(select(OutboxRow.content))
    assert event is not None and event["traceparent"].split("-")[1] == TRACE
    service.engine.dispose()


def test_applying_for_certificates_begins_with_a_sitting(
    database: Callable[[str], str], tmp_path: Path
) -> None:
    service = composed("assessment", database("assessment"), tmp_path)
    signer, app = a_signer(), service.web()
    app.extensions[access.EXTENSION] = access.TokenCheck(signer.keys, ISSUER, AUDIENCE)
    headers = signer.bearer(a_person("organisation.officer", organisation=ORGANISATION))
    client = app.test_client()
    chosen = re.search(r'"(/assessment/apply/[^"]*)"', client.get("/assessment/apply").text)
    assert chosen is not None

    answer = client.get(chosen[1], headers=headers, follow_redirects=True)

    assert answer.request.path == "/assessment/sittings/new"
    assert answer.status_code == 200 and 'name="roster"' in answer.text
    service.engine.dispose()


def test_keys_are_rotated_by_the_command_of_the_service(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    an_answer(service)
    url, keys = service.settings.database_url, f"k2:{'33' * 32},k1:{'11' * 32}"
    rotated = composed("subsidy", url, tmp_path, GONGJIANG_DATA_KEYS=keys)

    run("services.subsidy.app", COMPOSITION, lambda: rotated, ["rotate-keys"])
    assert "active key: 1" in capsys.readouterr().out
    assert rotated.rotate_keys() == 0
    with rotated.sessions() as session:
        assert session.scalars(select(IdempotencyKey)).one().answer == {"name": "王建国"}
    service.engine.dispose()
    rotated.engine.dispose()


def test_an_old_answer_is_forgotten_and_a_new_one_kept(service: Service) -> None:
    an_answer(service)
    kept = []
    for age in (ANSWERS_KEPT - timedelta(hours=1), ANSWERS_KEPT + timedelta(hours=1)):
        with service.sessions.begin() as session:
            session.execute(update(IdempotencyKey).values(created_at_utc=wall_now() - age))
        with service.engine.connect() as connection:
            for _, do in chores_of(service.office):
                with connection.begin():
                    do(connection)
        with service.sessions() as session:
            kept.append(session.scalar(select(func.count()).select_from(IdempotencyKey)))
    assert kept == [1, 0]
    service.engine.dispose()
