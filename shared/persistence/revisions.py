"""Writing migrations, for developers: the first ones from the models, later ones from what the
models changed. What is written is read, and completed where data must move, before it is kept."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import CreateIndexOp, CreateTableOp, MigrateOperation, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table

from shared.persistence.database import Base, open_engine
from shared.persistence.migrations import (
    comparing,
    folder,
    head_of,
    render_item,
    upgrade,
)
from shared.persistence.model_modules import ROOT, load_models, own_tables, shared_tables

STEPS = Path(__file__).with_name("steps")
SERVICES = ("nomination", "assessment", "subsidy")
_IMPORTS = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n"


def begin() -> list[Path]:
    """Writes the first step and every service's first migration anew from the models. Only until
    a first database has to be kept; from then on `revise`."""
    for service in SERVICES:
        load_models(service)
    shared = _sorted(shared_tables())
    step = STEPS / "step_0001.py"
    step.write_text(_first_step(shared), encoding="utf-8")
    written = [step]
    for service in SERVICES:
        path = folder(service) / "versions" / "0001_create_the_tables.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_first_migration(service), encoding="utf-8")
        _write_surroundings(service, "0001")
        written.append(path)
    _format(written)
    return written


def revise(owner: str, url: str, sentence: str) -> list[Path]:
    """Compares a scratch database, brought to the newest revision, with the models. For a service:
    its next migration. For `shared`: the next step, and a migration that takes it in each."""
    service = "subsidy" if owner == "shared" else owner
    upgrade(url, service)
    body = _changes(url, service, shared=owner == "shared")
    if body is None:
        return []
    if owner == "shared":
        number = f"{len(list(STEPS.glob('step_????.py'))) + 1:04d}"
        step = STEPS / f"step_{number}.py"
        step.write_text(_module(sentence, body, "op: Any"), encoding="utf-8")
        taken = f"    step_{number}.upgrade(op)\n"
        extra = f"from shared.persistence.steps import step_{number}\n"
        paths = [step, *(_migration(each, sentence, taken, extra) for each in SERVICES)]
    else:
        paths = [_migration(owner, sentence, body, _IMPORTS)]
    _format(paths)
    return paths


def _changes(url: str, service: str, *, shared: bool) -> str | None:
    engine = open_engine(url, "gongjiang-revise")
    try:
        with engine.connect() as connection:
            context = comparing(connection, service)
            wanted = shared_tables() if shared else own_tables(service)
            found = produce_migrations(context, Base.metadata).upgrade_ops
            ops = (
                [op for op in found.ops if getattr(op, "table_name", None) in wanted]
                if found
                else []
            )
    finally:
        engine.dispose()
    return _rendered(UpgradeOps(ops)) if ops else None


def _migration(service: str, sentence: str, body: str, imports: str) -> Path:
    number = f"{int(head_of(service)) + 1:04d}"
    name = re.sub(r"[^a-z0-9]+", "_", sentence.lower()).strip("_")
    path = folder(service) / "versions" / f"{number}_{name}.py"
    path.write_text(
        f'"""{sentence}"""\n\nfrom alembic import op\n{imports}\n'
        f'revision = "{number}"\ndown_revision = "{head_of(service)}"\n\n\n'
        f"def upgrade() -> None:\n{body}",
        encoding="utf-8",
    )
    _write_surroundings(service, number)
    return path


def _module(sentence: str, body: str, parameters: str) -> str:
    return (
        f'"""{sentence}"""\n\nfrom typing import Any\n\n{_IMPORTS}\n\n'
        f"def upgrade({parameters}) -> None:\n{body}"
    )


def _first_step(tables: list[Table]) -> str:
    calls = "".join(f"    create_{table.name}(op)\n" for table in tables)
    return (
        '"""The tables that every service has. From `python -m shared.persistence begin`."""\n'
        f"\nfrom typing import Any\n\n{_IMPORTS}\n"
        "from shared.persistence.steps import step_0001_triggers\n\n\n"
        f"def upgrade(op: Any) -> None:\n{calls}    step_0001_triggers.create(op)\n\n\n"
        + "\n\n".join(_create(table, "op: Any") for table in tables)
    )


def _first_migration(service: str) -> str:
    tables = _sorted(own_tables(service))
    triggers = sorted(path.stem for path in folder(service).glob("*_triggers.py"))
    imports = "".join(f"from services.{service}.migrations import {name}\n" for name in triggers)
    calls = "".join(f"    create_{table.name}()\n" for table in tables)
    guards = "".join(f"    {name}.create(op)\n" for name in triggers)
    return (
        '"""Create the tables. From `python -m shared.persistence begin`."""\n\n'
        f"from alembic import op\n{_IMPORTS}\n{imports}"
        "from shared.persistence.steps import step_0001\n\n"
        'revision = "0001"\ndown_revision = None\n\n\n'
        f"def upgrade() -> None:\n    step_0001.upgrade(op)\n{calls}{guards}\n\n"
        + "\n\n".join(_create(table, "") for table in tables)
    )


def _create(table: Table, parameters: str) -> str:
    ops: list[MigrateOperation] = [CreateTableOp.from_table(table)]
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    ops.extend(CreateIndexOp.from_index(index) for index in indexes)
    body = _rendered(UpgradeOps(ops))
    return f"def create_{table.name}({parameters}) -> None:\n{body}"


def _rendered(ops: UpgradeOps) -> str:
    context = MigrationContext.configure(dialect_name="postgresql")
    code = render_python_code(ops, render_item=render_item, migration_context=context)
    lines = map(str.rstrip, code.splitlines())
    return "".join(f"{line}\n" for line in lines if not line.lstrip().startswith("#"))


def _sorted(names: frozenset[str]) -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name in names]


def _write_surroundings(service: str, head: str) -> None:
    (folder(service) / "head").write_text(f"{head}\n", encoding="utf-8")


def _format(paths: list[Path]) -> None:
    """ruff is there for developers; without it the files are merely less tidy."""
    imports = ["check", "-q", "--fix", "--select", "I,F401"]
    for arguments in (imports, ["format", "-q"]):
        command = [sys.executable, "-m", "ruff", *arguments, *map(str, paths)]
        subprocess.run(command, check=False, cwd=ROOT)
