"""Close the budget of a year"""

import sqlalchemy as sa
from alembic import op

from services.subsidy.migrations import ledger_triggers

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("budgets", sa.Column("closed_at_utc", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_entitlements_budget",
        "entitlements",
        ["budget_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'released'"),
    )
    ledger_triggers.keep_closed_years(op)
