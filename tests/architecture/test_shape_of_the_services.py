"""The three services have one shape: open any and the same names mean the same thing."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("nomination", "assessment", "subsidy")
AT_THE_ROOT = {"README.md", "app.py", "settings.py", "catalogue", "templates", "migrations"}
NOT_CAPABILITIES = {"catalogue", "templates", "migrations", "translations", "__pycache__"}
FORBIDDEN_NAMES = {"utils", "common", "helpers", "helper", "base", "manager", "misc", "util"}
TOP_LEVEL = {
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "pyproject.toml",
    "Makefile",
    "requirements.in",
    "requirements.lock",
    "requirements-dev.in",
    "requirements-dev.lock",
    "services",
    "shared",
    "deploy",
    "tests",
}


def tracked(git: str = "git") -> list[Path]:
    """By git, else all files but those that it would leave out: an unpacked copy has no git."""
    try:
        listed = subprocess.run(
            [git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return sorted(walked(ROOT))
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def walked(root: Path) -> Iterator[Path]:
    ignored = {
        line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    }
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        left_out = ignored | {".git"}
        if (here / ".gitignore").exists() and here != ROOT:
            left_out |= {*folders, *files}
        folders[:] = [name for name in folders if name not in left_out]
        for name in files:
            if name not in left_out and not any(Path(name).match(each) for each in ignored):
                yield (here / name).relative_to(root)


def test_without_git_the_same_files_are_found() -> None:
    with_git = {path for path in tracked() if path.suffix == ".py"}
    without = {path for path in tracked("no-such-program") if path.suffix == ".py"}
    assert with_git <= without


def python_files(*folders: str) -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and p.parts[0] in folders]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_same_things_at_its_root(service):
    present = {path.name for path in (ROOT / "services" / service).iterdir()}
    assert present >= AT_THE_ROOT, AT_THE_ROOT - present


@pytest.mark.parametrize("service", SERVICES)
def test_every_capability_that_keeps_state_has_model_and_handlers(service):
    for folder in capabilities(service):
        names = {path.name for path in folder.glob("*.py")}
        if "model.py" in names:
            assert names & {"handlers.py", "effects.py", "seeding.py"}, folder
        if "api.py" in names or "pages.py" in names:
            assert names & {"handlers.py", "queries.py"}, folder


def capabilities(service: str) -> list[Path]:
    folders = (ROOT / "services" / service).iterdir()
    return [f for f in folders if f.is_dir() and f.name not in NOT_CAPABILITIES]


def test_no_folder_or_module_has_a_name_that_explains_nothing():
    for path in tracked():
        parts = {Path(part).stem for part in path.parts}
        assert not parts & FORBIDDEN_NAMES, path


def test_nothing_else_stands_at_the_top():
    top = {path.parts[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


def test_only_a_services_settings_read_the_environment():
    reads = re.compile(r"\bos\.(environ|getenv)\b")
    allowed = {Path("shared/service.py"), Path("shared/settings.py")}
    for path in python_files("services", "shared"):
        if path.name == "settings.py" or path in allowed:
            continue
        if path.parts[:2] in {("shared", "identity"), ("shared", "web")}:
            # processes of their own, with settings of their own
            continue
        assert not reads.search((ROOT / path).read_text(encoding="utf-8")), path


def test_every_module_says_what_it_owns():
    for path in python_files("services", "shared", "deploy"):
        source = (ROOT / path).read_text(encoding="utf-8")
        if source.strip() and path.name != "__init__.py" and "versions" not in path.parts:
            assert ast.get_docstring(ast.parse(source)), path


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|in a real system", re.I)
    for path in python_files("services", "shared", "deploy"):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not words.search(text.replace("X" * 6, "")), path


def test_the_import_contracts_hold():
    lint = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:]


def test_every_test_that_the_tests_readme_names_is_there() -> None:
    text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:\w+/)+\w+\.py|\w+/\w+\.py)(?:::(\w+))?`", text)
    assert len(named) > 60
    for path, name in named:
        held = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert not name or f"\ndef {name}(" in held, f"{path}::{name}"


def test_every_number_of_the_changelog_has_its_tests() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    tests = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    numbers = re.findall(r"^- \*\*(\w+)\*\*", changes, re.MULTILINE)
    assert numbers == re.findall(r"^\| (\d+\w?) \|", tests, re.MULTILINE)
