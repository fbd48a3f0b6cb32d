from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.persistence import open_engine

PHONE = "13812345678"


def test_an_error_of_a_statement_does_not_say_what_was_written(empty_database: str) -> None:
    engine = open_engine(empty_database, "test")
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:phone)"), {"phone": PHONE})
    engine.dispose()

    assert PHONE not in str(caught.value)
