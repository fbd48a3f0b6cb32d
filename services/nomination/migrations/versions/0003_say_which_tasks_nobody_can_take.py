"""Say which tasks nobody can take"""

from alembic import op

from shared.persistence.steps import step_0002

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    step_0002.upgrade(op)
