"""Files are UTF-8 whatever the locale: each text file is opened with its encoding."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("deploy", "shared", "services")
PROGRAMS = {"run", "Popen", "check_output", "check_call", "call"}


def unnamed(tree: ast.AST) -> Iterator[int]:
    """Lines of calls that read or write text in the encoding of the locale."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if "encoding" not in given and takes_text(call, given):
            yield call.lineno


def takes_text(call: ast.Call, given: dict[str | None, ast.expr]) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else None
    if name in ("read_text", "write_text"):
        return not (name == "read_text" and call.args)
    if name in PROGRAMS:
        return any(is_true(given.get(each)) for each in ("text", "universal_newlines"))
    if isinstance(call.func, ast.Name) and call.func.id == "open":
        return "b" not in mode(call.args[1:], given)
    if name in ("open", "fdopen"):
        its = call.args[1:] if name == "fdopen" else call.args
        text = mode(its, given)
        return set(text) <= set("rwax+t") and (name == "fdopen" or bool(its) or "mode" in given)
    return False


def mode(arguments: list[ast.expr], given: dict[str | None, ast.expr]) -> str:
    for each in (*arguments[:1], given.get("mode")):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            return each.value
        if each is not None:
            return "?b"  # not a mode: the name of something else that is opened
    return "r"


def is_true(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


@pytest.mark.parametrize("folder", FOLDERS)
def test_text_is_read_and_written_in_an_encoding_that_is_named(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in unnamed(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "p.read_text()",
        "p.write_text('x')",
        "open('f')",
        "open('f', 'w')",
        "p.open('a')",
        "os.fdopen(d, 'w')",
        "subprocess.run(c, text=True)",
    ],
)
def test_an_encoding_that_is_left_out_is_found(source: str) -> None:
    assert list(unnamed(ast.parse(source))) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "p.read_text(encoding='utf-8')",
        "open('f', 'rb')",
        "p.open('rb')",
        "archive.open(part)",
        "store.open(digest)",
        "os.open(p, os.O_RDONLY)",
        "subprocess.run(c, text=True, encoding='utf-8')",
        "subprocess.run(c)",
    ],
)
def test_what_is_no_text_or_names_its_encoding_passes(source: str) -> None:
    assert list(unnamed(ast.parse(source))) == []
