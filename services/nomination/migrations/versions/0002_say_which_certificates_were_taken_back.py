"""Say which certificates were taken back"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("held_certificates", sa.Column("revoked_on", sa.Date(), nullable=True))
