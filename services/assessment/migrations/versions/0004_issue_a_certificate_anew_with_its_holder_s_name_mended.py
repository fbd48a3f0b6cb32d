"""Issue a certificate anew with its holder's name mended"""

import sqlalchemy as sa
from alembic import op

from services.assessment.migrations.score_triggers import allow_reissue
from shared.persistence.guards import append_only

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "certificate_reissues",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("certificate_no", sa.Text(), nullable=False),
        sa.Column("former_name", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("reissued_on", sa.Date(), nullable=False),
        sa.Column("reissued_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_no"],
            ["certificates.number"],
            name=op.f("fk_certificate_reissues_certificate_no"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_reissues")),
    )
    op.create_index(
        op.f("ix_certificate_reissues_certificate_no"),
        "certificate_reissues",
        ["certificate_no"],
        unique=False,
    )
    op.add_column("certificates", sa.Column("reissued_on", sa.Date(), nullable=True))
    append_only(op, "certificate_reissues")
    allow_reissue(op)
