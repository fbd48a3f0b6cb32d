import pytest
from sqlalchemy import URL, make_url

from deploy.addresses import address, database_urls, keyword_dsn, postgres_url
from deploy.run.words import CannotStart

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
        (f"pgmq:host=/s user=me password={SECRET} dbname=bus", "pgmq /s bus"),
        (make_url(f"postgresql://me:{SECRET}@db.example/x"), "db.example:5432"),
        (make_url("postgresql:///x?host=/s"), "/s:5432"),
    ],
)
def test_an_address_is_shown_without_user_and_password(url: str | URL, shown: str) -> None:
    assert address(url) == shown
