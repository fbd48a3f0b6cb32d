"""Say what is in doubt"""

from typing import Any

import sqlalchemy as sa

from shared.persistence.guards import never_deleted


def upgrade(op: Any) -> None:
    op.create_table(
        "doubts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("raised_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_by_name", sa.Text(), nullable=True),
        sa.Column("settled_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_doubts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubts")),
    )
    op.create_index(op.f("ix_doubts_number"), "doubts", ["number"], unique=False)
    op.create_index(
        "uq_doubts_open",
        "doubts",
        ["number", "cause"],
        unique=True,
        postgresql_where=sa.text("settled_at_utc IS NULL"),
    )
    never_deleted(op, "doubts")
