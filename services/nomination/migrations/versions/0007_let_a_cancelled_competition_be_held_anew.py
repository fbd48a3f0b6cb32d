"""Let a cancelled competition be held anew"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_constraint(op.f("uq_competitions_title"), "competitions", type_="unique")
    op.create_index(
        "uq_competitions_title",
        "competitions",
        ["region", "occupation", "held_on", "title"],
        unique=True,
        postgresql_where=sa.text("cancelled_on IS NULL"),
    )
