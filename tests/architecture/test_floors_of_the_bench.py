"""A floor that used what it is compared with would move with it."""

import ast
from pathlib import Path

import pytest

from tests.bench import floors

FLOORS = sorted(Path(floors.__path__[0]).glob("*.py"))
OURS = {"shared", "services", "deploy", "tests"}


@pytest.mark.parametrize("path", FLOORS, ids=lambda path: path.stem)
def test_a_floor_imports_nothing_of_ours(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "no relative imports here"
            imported.add(str(node.module).split(".")[0])
    assert not imported & OURS
