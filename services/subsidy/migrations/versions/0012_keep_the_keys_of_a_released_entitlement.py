"""Keep the keys of a released entitlement"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

# What was released before has lost the keys that it shared with other schemes.
FILL = """
UPDATE entitlements SET keys = ARRAY(
    SELECT exclusion || ': ' || subject FROM entitlement_keys
    WHERE entitlement_id = entitlements.id
    UNION SELECT scheme || ': ' || subject
    UNION SELECT scheme || ': ' || name || '=' || (about ->> name)
    FROM unnest(ARRAY['certificate_no', 'honour_no']) AS name WHERE about ->> name IS NOT NULL
)
"""


def upgrade() -> None:
    op.add_column(
        "entitlements",
        sa.Column("keys", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.execute(FILL)
