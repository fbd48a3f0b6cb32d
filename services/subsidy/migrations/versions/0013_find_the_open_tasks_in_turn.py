"""Find the open tasks in turn"""

from alembic import op

from shared.persistence.steps import step_0005

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    step_0005.upgrade(op)
