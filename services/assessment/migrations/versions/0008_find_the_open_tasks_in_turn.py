"""Find the open tasks in turn"""

from alembic import op

from shared.persistence.steps import step_0005

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    step_0005.upgrade(op)
