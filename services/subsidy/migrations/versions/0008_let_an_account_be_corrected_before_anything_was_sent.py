"""Let an account be corrected before anything was sent"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("payment_repairs", sa.Column("case_id", sa.Text(), nullable=True))
    op.execute(
        "UPDATE payment_repairs r SET case_id = p.case_id FROM payments p WHERE p.id = r.payment_id"
    )
    op.alter_column("payment_repairs", "case_id", nullable=False)
    op.alter_column("payment_repairs", "payment_id", existing_type=sa.TEXT(), nullable=True)
    op.drop_index(
        op.f("uq_payment_repairs_open_of_payment"),
        table_name="payment_repairs",
        postgresql_where="(state = 'proposed'::text)",
    )
    op.create_index("ix_payment_repairs_case", "payment_repairs", ["case_id", "id"], unique=False)
    op.create_index(
        "uq_payment_repairs_open_of_case",
        "payment_repairs",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_foreign_key(
        op.f("fk_payment_repairs_case_id"), "payment_repairs", "cases", ["case_id"], ["id"]
    )
