"""Let no payment outlive its entitlement"""

import sqlalchemy as sa
from alembic import op

from services.subsidy.migrations import payment_triggers

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column(
        "payment_batch_items",
        sa.Column("taken_out_at_utc", sa.DateTime(timezone=True), nullable=True),
    )
    payment_triggers.create(op)
