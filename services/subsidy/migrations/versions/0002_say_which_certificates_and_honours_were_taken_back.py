"""Say which certificates and honours were taken back"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("known_certificates", sa.Column("revoked_on", sa.Date(), nullable=True))
    op.add_column("known_honours", sa.Column("revoked_on", sa.Date(), nullable=True))
