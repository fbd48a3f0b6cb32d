"""Let each filing say what its organisation is called"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What was known is what the newest filing said."""
    for name in ("name", "region"):
        op.add_column("organisation_filings", sa.Column(name, sa.Text(), nullable=True))
    op.execute(
        "UPDATE organisation_filings f SET name = o.name, region = o.region "
        "FROM organisations o WHERE o.code = f.organisation_code"
    )
    for name in ("name", "region"):
        op.alter_column("organisation_filings", name, nullable=False)
        op.drop_column("organisations", name)
