"""YAML to plain values, with the line of every place. A small YAML: no octal, no yes/no booleans,
no tags, and a key given twice is a problem instead of the last one winning in silence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from shared.procedures.reading.syntax import syntax_fault

LARGEST_TEXT = 512 * 1024
TOO_LARGE = (
    "文件过大（上限 512 KiB）。请把文件分开，或删去不需要的内容。",
    "The file is too large (512 KiB at most). Divide it, or leave out what is not needed.",
)
_MOST_NODES = 20_000  # anchors may repeat a part, but not blow the document up


class _Resolver(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012


_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]*([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"true": True, "True": True, "false": False, "False": False}
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
_NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass
class Source:
    """`lines` by path (steps[2].may). `faults`: (line, path, zh, en)."""

    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int | None, str, str, str]] = field(default_factory=list)


def read_yaml(text: str) -> Source:
    source = Source()
    if len(text) > LARGEST_TEXT:
        source.faults.append((None, "", *TOO_LARGE))
        return source
    try:
        node = yaml.compose(text, _Resolver)
    except yaml.YAMLError as error:
        source.faults.append(syntax_fault(text, error))
        return source
    if node is not None:
        _Builder(source).build_root(node)
    return source


def child_path(path: str, key: object) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.nodes = 0

    def build_root(self, node: yaml.Node) -> None:
        try:
            self.source.value = self.build(node, "")
        except (RecursionError, OverflowError):
            self.source.faults.append(
                (None, "", "文件嵌套或引用过多。", "The document is nested or repeats too much.")
            )

    def build(self, node: yaml.Node, path: str) -> Any:
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            raise OverflowError
        self.source.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(one, child_path(path, i)) for i, one in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.build(key_node, path)
            line = key_node.start_mark.line + 1
            if isinstance(key, (dict, list)) or key is None:
                self._fault(line, path, "键必须是一个词。", "A key must be a single word.")
                continue
            if key in found:
                self._fault(
                    line,
                    child_path(path, key),
                    "同一个键写了两次，请删去一个。",
                    "This key is written twice; leave one out.",
                )
                continue
            place = child_path(path, str(key))
            self.source.lines[place] = line
            found[key] = self.build(value_node, place)
        return found

    def _scalar(self, node: yaml.Node, path: str) -> Any:
        value: str = node.value
        if _UNUSABLE.search(value):  # "\ud800", "\0": no page and no database takes them
            line = node.start_mark.line + 1
            self._fault(
                line, path, "含有不可用的字符。", "It holds a character that cannot be used."
            )
            return _UNUSABLE.sub("", value)
        if getattr(node, "style", None):  # quoted, or a block: text as it is
            return value
        if value in _NOTHING:
            return None
        if value in _WORDS:
            return _WORDS[value]
        if _INTEGER.fullmatch(value) and len(value) < 20:
            return int(value)
        if _FLOAT.fullmatch(value):
            return float(value)
        if _DATE.fullmatch(value):
            return self._date(value, node.start_mark.line + 1, path)
        return value

    def _date(self, value: str, line: int, path: str) -> date | None:
        try:
            return date.fromisoformat(value)
        except ValueError:
            self._fault(line, path, f"没有 {value} 这一天。", f"There is no such day as {value}.")
            return None

    def _fault(self, line: int | None, path: str, zh: str, en: str) -> None:
        self.source.faults.append((line, path, zh, en))
