from __future__ import annotations

import pytest
from flask import Flask
from psycopg.errors import AdminShutdown, QueryCanceled
from sqlalchemy.exc import OperationalError

from shared.contracts.registry import event_types, service_of
from shared.kernel.errors import DomainError, InvalidField
from shared.messaging.__main__ import main
from shared.messaging.bus import Bus
from shared.messaging.failures import Unavailable, describe, is_lost_database, is_outage
from shared.messaging.feed import HttpFeed, feed_blueprint
from shared.messaging.leadership import lock_key
from shared.messaging.topology import ROUTES, has_subscriber
from shared.messaging.trace import current_traceparent, traced

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_child_keeps_the_trace_and_gets_a_span_of_its_own() -> None:
    with traced(PARENT) as child:
        assert current_traceparent() == child != PARENT
        assert child.split("-")[1] == PARENT.split("-")[1]
    assert current_traceparent() is None


@pytest.mark.parametrize("parent", [None, "", "rubbish", f"00-{'0' * 32}-{'1' * 16}-01"])
def test_an_absent_or_malformed_parent_begins_a_new_trace(parent: str | None) -> None:
    with traced(parent) as first, traced(parent) as second:
        assert first.split("-")[1] != second.split("-")[1]


def test_every_route_reads_types_that_its_source_publishes() -> None:
    for route in ROUTES:
        assert route.types <= set(event_types())
        assert {service_of(type) for type in route.types} == {route.source}


def test_only_types_with_a_subscriber_must_reach_a_queue() -> None:
    assert has_subscriber("subsidy.payment_instructed.v1")
    assert not has_subscriber("subsidy.case_submitted.v1")


@pytest.mark.parametrize(
    "url",
    [
        "pgmq:postgresql://localhost/bus",
        "pgmq://localhost/bus",
        "pgmq:host=localhost",
        "memory://",
        "",
    ],
)
def test_a_bus_that_could_lose_messages_or_mean_another_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        Bus(url)


def test_a_failure_describes_itself_without_its_message() -> None:
    try:
        raise InvalidField(field="phone", reason="13800000000")
    except DomainError as error:
        told = describe(error)
    assert told.startswith("InvalidField invalid_field test_messaging_rules.py:")
    assert "13800000000" not in told


def test_an_outage_is_told_from_a_row_that_is_wrong() -> None:
    assert is_outage(ConnectionRefusedError()) and is_outage(Unavailable())
    assert not is_outage(ValueError())


def test_a_statement_that_took_too_long_is_not_a_lost_database() -> None:
    assert is_lost_database(OperationalError("", {}, AdminShutdown()))
    assert not is_lost_database(OperationalError("", {}, QueryCanceled()))


def test_lock_keys_are_stable_and_fit_a_bigint() -> None:
    assert lock_key("a") == lock_key("a") != lock_key("b")
    assert -(2**63) <= lock_key("finance_from_subsidy") < 2**63


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", "limit=1e3", "limit=0", "limit=1001", "after=" + "9" * 19],
)
def test_the_feed_refuses_what_is_no_number_before_it_reads_anything(query: str) -> None:
    app = Flask(__name__)
    app.register_blueprint(feed_blueprint(None, lambda view: view))  # type: ignore[arg-type]
    assert app.test_client().get(f"/events?{query}").status_code == 422


def test_a_feed_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        HttpFeed("http://127.0.0.1:1", lambda: "token").read(0, 10)


def test_a_command_that_does_not_exist_is_refused_with_its_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["parked", "replay", "postgresql://nowhere/none"])
    assert "parked knows no replay" in capsys.readouterr().err
