import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Blueprint, Flask, Response
from sqlalchemy import func, select, text

from shared.kernel.errors import Conflict
from shared.persistence import Sessions, open_engine, open_sessions
from shared.web.access import current_actor, signed_in
from shared.web.application import create_web
from shared.web.context import sessions
from shared.web.idempotency import Answer, IdempotencyKey, forget_answers, with_idempotency
from tests.signing import Signer, a_person, a_signer, web_settings

pytestmark = pytest.mark.usefixtures("keyring")
PERSON = a_person("worker")


class Counter:
    """Counts the work; may hold it up until it is let go, or make it fail."""

    def __init__(self) -> None:
        self.done = 0
        self.begun, self.go = threading.Event(), threading.Event()
        self.go.set()
        self.fails = False

    def work(self) -> Answer:
        self.begun.set()
        assert self.go.wait(20)
        if self.fails:
            raise Conflict()
        self.done += 1
        return Answer({"number": self.done}, 201, {"ETag": '"1"'})


@pytest.fixture
def opened(database: Callable[[str], str]) -> Iterator[Sessions]:
    engine = open_engine(database("subsidy"), "test")
    yield open_sessions(engine)
    engine.dispose()


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def signer() -> Signer:
    return a_signer()


@pytest.fixture
def app(opened: Sessions, counter: Counter, signer: Signer) -> Flask:
    pages = Blueprint("numbers", "numbers")

    @pages.post("/numbers")
    @signed_in
    def number() -> Response:
        with sessions().begin() as session:
            answer = with_idempotency(session, current_actor(), "number")(counter.work)
        return answer.response()

    return create_web(web_settings(), opened, None, [], [pages], keys=signer.keys)


def _send(app: Flask, signer: Signer, key: str | None, body: Any = None, **more: Any) -> Any:
    headers = signer.bearer(more.pop("person", PERSON))
    if key is not None:
        headers["Idempotency-Key"] = key
    return app.test_client().post("/subsidy/numbers", headers=headers, json=body or {}, **more)


def test_a_second_request_gets_the_first_answer(
    app: Flask, signer: Signer, counter: Counter
) -> None:
    first, second = _send(app, signer, "k"), _send(app, signer, "k")
    assert (
        (first.status_code, first.json) == (second.status_code, second.json) == (201, {"number": 1})
    )
    assert (second.headers["ETag"], second.headers["Idempotency-Replayed"]) == ('"1"', "true")
    assert counter.done == 1


def test_without_a_key_the_work_is_done_each_time(
    app: Flask, signer: Signer, counter: Counter
) -> None:
    _send(app, signer, None), _send(app, signer, None)
    assert counter.done == 2


def test_another_body_under_the_same_key_is_refused(app: Flask, signer: Signer) -> None:
    _send(app, signer, "k", {"a": 1, "b": 2})
    assert _send(app, signer, "k", {"b": 2, "a": 1}).status_code == 201
    answer = _send(app, signer, "k", {"a": 2})
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_a_key_belongs_to_the_person_who_used_it(
    app: Flask, signer: Signer, counter: Counter
) -> None:
    _send(app, signer, "k")
    _send(app, signer, "k", person=a_person("worker", username="li"))
    assert counter.done == 2


@pytest.mark.parametrize("key", ["x" * 201, "with space", "键"])
def test_a_key_that_is_none_is_refused(app: Flask, signer: Signer, key: str) -> None:
    headers = {**signer.bearer(PERSON)}
    answer = app.test_client().post(
        "/subsidy/numbers",
        headers={**headers, "Idempotency-Key": key.encode().decode("latin-1")},
        json={},
    )
    assert answer.json is not None and answer.json["code"] == "idempotency_key_invalid"


def test_the_same_key_at_the_same_time_does_the_work_once(
    app: Flask, signer: Signer, counter: Counter, opened: Sessions
) -> None:
    counter.go.clear()
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(_send, app, signer, "k") for _ in range(4)]
        assert counter.begun.wait(20)
        _until_waiting(opened, 3)
        counter.go.set()
        bodies = [each.result(20).json for each in answers]
    assert bodies == [{"number": 1}] * 4
    assert counter.done == 1


def test_when_the_first_fails_the_one_that_waited_does_the_work(
    app: Flask, signer: Signer, counter: Counter, opened: Sessions
) -> None:
    counter.go.clear()
    counter.fails = True
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(_send, app, signer, "k")
        assert counter.begun.wait(20)
        second = pool.submit(_send, app, signer, "k")
        _until_waiting(opened, 1)
        counter.go.set()
        assert {first.result(20).status_code, second.result(20).status_code} == {409}
    counter.fails = False
    assert _send(app, signer, "k").json == {"number": 1}


def _until_waiting(opened: Sessions, count: int) -> None:
    """Until that many transactions wait for another one's row."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    found = 0
    for _ in range(2000):
        with opened() as session:
            found = session.execute(waiting).scalar_one()
        if found >= count:
            return
    raise AssertionError(f"only {found} transactions wait")


def test_answers_are_kept_encrypted_and_forgotten_after_their_time(
    app: Flask, signer: Signer, opened: Sessions
) -> None:
    _send(app, signer, "k")
    with opened.begin() as session:
        stored = session.execute(text("SELECT answer FROM idempotency_keys")).scalar_one()
        assert "number" not in stored
        now = session.execute(select(func.now())).scalar_one()
        assert forget_answers(session, now - timedelta(days=1)) == 0
        assert forget_answers(session, now + timedelta(days=1)) == 1
        assert session.execute(select(func.count()).select_from(IdempotencyKey)).scalar_one() == 0


def test_a_database_that_has_gone_is_a_503_and_not_ready(
    app: Flask, signer: Signer, opened: Sessions
) -> None:
    client = app.test_client()
    assert client.get("/subsidy/ready").json == {"status": "ready", "checks": {"database": "ok"}}
    away = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", "test")
    gone = create_web(web_settings(), open_sessions(away), keys=signer.keys)
    answer = gone.test_client().get("/subsidy/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "not_ready", "checks": {"database": "unavailable"}}
