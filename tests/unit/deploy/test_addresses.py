import re
from pathlib import Path

import pytest
from kombu import Connection
from sqlalchemy import URL, make_url

from deploy.addresses import address, database_urls, keyword_dsn, postgres_url
from deploy.run.words import CannotStart

ROOT = Path(__file__).parents[3]
SECRET = "not-to-be-shown"


@pytest.mark.parametrize(
    "wrong",
    [
        f"mysql://me:{SECRET}@db.example/x",
        f"postgresql://me:{SECRET}@db.example:port/x",
        f"postgresql://me:{SECRET}@db.example/x?no_such_option=1",
        SECRET,
    ],
)
def test_what_is_no_address_of_a_postgresql_server_is_refused_and_not_shown(wrong: str) -> None:
    with pytest.raises(CannotStart, match="GONGJIANG_SUBSIDY_DATABASE_URL 不是") as refused:
        database_urls({"GONGJIANG_SUBSIDY_DATABASE_URL": wrong})

    assert "is no address of a PostgreSQL server" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_the_options_of_an_address_reach_the_driver() -> None:
    """Without them a connection that was to be checked would be made unchecked."""
    url = postgres_url("X", "postgresql://me@db.example/x?sslmode=verify-full&sslrootcert=/ca.crt")

    dsn = keyword_dsn(url)
    assert "sslmode=verify-full" in dsn and "sslrootcert=/ca.crt" in dsn and "dbname=x" in dsn


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"amqp://me:{SECRET}@mq.example/%2Fa", "mq.example:5672 /a"),
        (f"amqps://me:{SECRET}@mq.example:5671//", "mq.example:5671 /"),
        (f"amqps://me:{SECRET}@mq.example:5671/%2F", "mq.example:5671 /"),
        (f"pgmq:host=/s user=me password={SECRET} dbname=bus", "pgmq /s bus"),
        (make_url(f"postgresql://me:{SECRET}@db.example/x"), "db.example:5432"),
        (make_url("postgresql:///x?host=/s"), "/s:5432"),
    ],
)
def test_an_address_is_shown_without_user_and_password(url: str | URL, shown: str) -> None:
    assert address(url) == shown


@pytest.mark.parametrize("end", ["//", "/%2F", "/%2f"])
def test_each_way_to_write_the_virtual_host_is_understood(end: str) -> None:
    assert Connection(f"amqp://me:{SECRET}@mq.example:5672{end}").virtual_host == "/"


def test_no_document_shows_an_address_that_another_client_refuses() -> None:
    for folder in ("deploy", "shared", "services"):
        for path in sorted((ROOT / folder).rglob("*.*")):
            if path.suffix in (".py", ".md", ".yaml"):
                text = path.read_text(encoding="utf-8")
                assert not re.search(r"amqps?://[^\s`\"']*:\d+//", text), path
