"""Set a decision aside"""

from alembic import op

from shared.persistence.steps import step_0003

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    step_0003.upgrade(op)
