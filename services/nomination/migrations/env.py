"""What alembic runs; shared.persistence.migrations says how."""

from shared.persistence.migrations import run_environment

run_environment()
