import psycopg


def test_an_empty_database_is_empty(empty_database: str) -> None:
    with psycopg.connect(empty_database.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert found == (0,)


def test_rabbitmq(rabbitmq_url: str) -> None:
    import kombu

    with kombu.Connection(rabbitmq_url) as c:
        c.connect()
