"""Say what is in doubt"""

from alembic import op

from shared.persistence.steps import step_0004

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    step_0004.upgrade(op)
