"""Alembic's environment for this service; the machinery is in shared/persistence."""

from shared.persistence.migrations import run_environment

run_environment()
