"""Set a decision aside"""

from typing import Any

import sqlalchemy as sa

from shared.persistence.guards import append_only


def upgrade(op: Any) -> None:
    op.create_table(
        "decisions_set_aside",
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_aside_by", sa.Text(), nullable=False),
        sa.Column("set_aside_by_name", sa.Text(), nullable=False),
        sa.Column("set_aside_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_decisions_set_aside_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_decisions_set_aside_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions_set_aside")),
    )
    op.create_index(
        op.f("ix_decisions_set_aside_case_id"), "decisions_set_aside", ["case_id"], unique=False
    )
    append_only(op, "decisions_set_aside")
