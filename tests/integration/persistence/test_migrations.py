"""The real migrations, on a real database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.persistence.migrations import differences, is_current
from shared.persistence.database import open_engine

SERVICES = ("nomination", "assessment", "subsidy")


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_make_exactly_the_tables_of_the_models(
    service: str, database: Callable[[str], str]
) -> None:
    assert differences(database(service), service) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_migrated_database_is_at_the_revision_that_head_names(
    service: str, database: Callable[[str], str]
) -> None:
    engine = open_engine(database(service), "test")
    with engine.connect() as connection:
        assert is_current(connection, service)
    engine.dispose()
