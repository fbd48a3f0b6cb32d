"""Find the open tasks in turn"""

from typing import Any

import sqlalchemy as sa


def upgrade(op: Any) -> None:
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('ready', 'reserved')"),
    )
