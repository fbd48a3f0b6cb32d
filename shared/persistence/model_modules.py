"""Which tables a service's database has: those of shared/, and those of its own capabilities."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sqlalchemy import Table

from shared.persistence.database import Base

ROOT = Path(__file__).parents[2]
# Persistent classes live in files of these names only; a test looks for others.
MODEL_FILES = frozenset({"model.py", "step_model.py", "tables.py", "idempotency.py"})


def load_models(service: str) -> None:
    """Imports every module that declares tables of the service's database."""
    for folder in (ROOT / "shared", ROOT / "services" / service):
        for path in sorted(folder.rglob("*.py")):
            if path.name in MODEL_FILES:
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def shared_tables() -> frozenset[str]:
    """Tables that every service's database has. Call `load_models` first."""
    return _tables("shared")


def own_tables(service: str) -> frozenset[str]:
    """Tables that only the service has, whatever other services this process has loaded."""
    return _tables(f"services.{service}")


def _tables(package: str) -> frozenset[str]:
    return frozenset(
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(package + ".")
        and isinstance(mapper.local_table, Table)
    )
