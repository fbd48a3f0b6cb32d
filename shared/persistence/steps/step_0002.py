"""Say which tasks nobody can take"""

from typing import Any

import sqlalchemy as sa


def upgrade(op: Any) -> None:
    op.add_column("tasks", sa.Column("unstaffed_at_utc", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_tasks_unstaffed",
        "tasks",
        ["id"],
        unique=False,
        postgresql_where=sa.text("unstaffed_at_utc IS NOT NULL"),
    )
