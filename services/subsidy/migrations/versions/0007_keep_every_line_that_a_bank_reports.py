"""Keep every line that a bank reports"""

import sqlalchemy as sa
from alembic import op

from shared.persistence.guards import never_deleted

revision = "0007"
down_revision = "0006"

IDENTITY = ["batch_id", "report_id", "end_to_end_id", "status"]


def upgrade() -> None:
    """A line was its batch and report id; it is its payment and status too. Those that are there
    were applied."""
    table = "payment_reports"
    for name, kind in (
        ("id", sa.Text()),
        ("end_to_end_id", sa.Text()),
        ("bank_status", sa.Text()),
        ("information", sa.Text()),
        ("amount_fen", sa.BigInteger()),
        ("outcome", sa.Text()),
        ("error_code", sa.Text()),
    ):
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE payment_reports r SET id = gen_random_uuid()::text, outcome = 'applied', "
        "end_to_end_id = p.end_to_end_id FROM payments p WHERE p.id = r.payment_id"
    )
    op.drop_constraint("pk_payment_reports", table)
    for name in ("id", "end_to_end_id", "outcome"):
        op.alter_column(table, name, nullable=False)
    for name in ("payment_id", "reported_at_utc"):
        op.alter_column(table, name, nullable=True)
    op.create_primary_key("pk_payment_reports", table, ["id"])
    op.create_unique_constraint("uq_payment_reports_identity", table, IDENTITY)
    never_deleted(op, table)
