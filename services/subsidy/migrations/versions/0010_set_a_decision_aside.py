"""Set a decision aside"""

from alembic import op

from shared.persistence.steps import step_0003

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    step_0003.upgrade(op)
