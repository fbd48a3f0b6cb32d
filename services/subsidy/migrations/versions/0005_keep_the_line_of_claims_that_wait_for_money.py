"""Keep the line of claims that wait for money"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "funding_rounds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("opened_at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at_utc", sa.DateTime(timezone=True), nullable=True),
        sa.Column("funded_count", sa.BigInteger(), nullable=False),
        sa.Column("funded_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_rounds")),
    )
    op.create_index(
        "uq_funding_rounds_open",
        "funding_rounds",
        [sa.literal_column("(closed_at_utc IS NULL)")],
        unique=True,
        postgresql_where=sa.text("closed_at_utc IS NULL"),
    )
    op.add_column("claim_fundings", sa.Column("fund", sa.Text(), nullable=True))
    op.add_column("claim_fundings", sa.Column("amount_fen", sa.BigInteger(), nullable=True))
    op.add_column(
        "claim_fundings", sa.Column("submitted_at_utc", sa.DateTime(timezone=True), nullable=True)
    )
    # The fund is in the documents: a claim without one is weighed once, which fills it in.
    op.execute(
        "UPDATE claim_fundings f "
        "SET amount_fen = c.amount_fen, submitted_at_utc = c.submitted_at_utc "
        "FROM cases c WHERE c.id = f.case_id"
    )
    op.drop_index(
        op.f("ix_claim_fundings_waiting"),
        table_name="claim_fundings",
        postgresql_where="(state = 'waiting'::text)",
    )
    op.create_index(
        "ix_claim_fundings_waiting",
        "claim_fundings",
        ["submitted_at_utc", "case_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
