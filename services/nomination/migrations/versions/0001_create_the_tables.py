"""Create the tables. From `python -m shared.persistence begin`."""

from alembic import op

from shared.persistence.steps import step_0001

revision = "0001"
down_revision = None


def upgrade() -> None:
    step_0001.upgrade(op)
