"""What the database itself guarantees of the shared tables, whoever writes to them."""

from __future__ import annotations

from typing import Any

from shared.persistence.guards import append_only

_NOTE_ENTRIES = """
CREATE FUNCTION note_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (entry_id) SELECT id FROM added;
    RETURN NULL;
END
$$
"""


def create(op: Any) -> None:
    # autogeneration passes over sequences
    op.execute("CREATE SEQUENCE case_numbers")
    for table in ("audit_entries", "audit_chain", "event_log", "decisions"):
        append_only(op, table)
    op.execute(_NOTE_ENTRIES)
    op.execute(
        "CREATE TRIGGER note_entries AFTER INSERT ON audit_entries "
        "REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION note_audit_entries()"
    )
