"""Let a competition be cancelled"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("competitions", sa.Column("cancelled_on", sa.Date(), nullable=True))
    op.add_column("competitions", sa.Column("cancelled_because", sa.Text(), nullable=True))
