"""Triggers that keep a table as it was written, whoever asks."""

from __future__ import annotations

from typing import Protocol

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$
"""


class Executes(Protocol):
    """alembic's `op`, or anything else that executes a statement."""

    def execute(self, statement: str) -> object: ...


def append_only(op: Executes, table: str) -> None:
    """For migrations, `append_only(op, "ledger")`: UPDATE, DELETE and TRUNCATE are refused."""
    if not table.isidentifier():
        raise ValueError(f"{table!r} is not the name of a table")
    op.execute(_FUNCTION)
    op.execute(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def never_deleted(op: Executes, table: str) -> None:
    """For migrations: DELETE and TRUNCATE are refused; a row may still be completed."""
    if not table.isidentifier():
        raise ValueError(f"{table!r} is not the name of a table")
    op.execute(_FUNCTION)
    op.execute(
        f"CREATE TRIGGER refuse_delete BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
