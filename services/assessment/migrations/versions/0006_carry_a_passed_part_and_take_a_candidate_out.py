"""Carry a passed part and take a candidate out"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "candidates", sa.Column("carried", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.execute("UPDATE candidates SET carried = '{}'")
    op.alter_column("candidates", "carried", nullable=False)
    op.add_column("candidates", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column("candidates", sa.Column("withdrawn_because", sa.Text(), nullable=True))
