"""What is wrong with a text that YAML does not take, in an officer's words: the line, the mend."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

Fault = tuple[int | None, str, str, str]
"""Line, path, Chinese, English."""

_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_COMMENT = re.compile(r"(^|\s)#.*$")
_COLON = re.compile(r"^\s*(?:-\s*)?\{?\s*([a-z_]+)：|[{,，]\s*([a-z_]+)：")
_COMMA = re.compile(r"，\s*[a-z_]+\s*[:：]")
_BRACKETS = re.compile(r"[｛｝［］【】]")
_QUOTES = re.compile(r":\s*[“”‘’＂＇]|[“”‘’＂＇]\s*$")
_SIGNS = {
    "mapping": ("花括号 { }", "brace { }"),
    "sequence": ("方括号 [ ]", "bracket [ ]"),
    "scalar": ("引号", "quote"),
}
_TAB = re.compile(r"^ *\t")
_MOST = 20


def full_width_marks(text: str) -> list[Fault]:
    """Full-width colons after a key and commas before one: never meant, and read as text."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        fault = _full_width(_bare(line), number) if not line.isascii() else None
        if fault is not None:
            found.append(fault)
        if len(found) == _MOST:
            break
    return found


def _bare(line: str) -> str:
    """Without what is in quotes, and without its comment."""
    return _COMMENT.sub("", _QUOTED.sub("", line))


def _full_width(line: str, number: int) -> Fault | None:
    colon = _COLON.search(line)
    if colon is not None:
        key = colon[1] or colon[2]
        return (
            number,
            "",
            f"{key} 后面是全角冒号“：”，请改为半角冒号加一个空格（{key}: ）。",
            f"After {key} stands a full-width colon “：”; write an ASCII colon and a space "
            f"({key}: ).",
        )
    if "{" in line and _COMMA.search(line):
        return (
            number,
            "",
            "两个键之间是全角逗号“，”，请改为半角逗号加一个空格（, ）；文字中的逗号请用引号括住。",
            "Between two keys stands a full-width comma “，”; write an ASCII comma and a space. A "
            "comma inside a text goes with it in quotes.",
        )
    return None


def syntax_fault(text: str, error: yaml.YAMLError) -> Fault:
    """The likeliest reason of all, at the line where it is."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = None if mark is None else mark.line + 1
    found = next(_suspects(text, error, line), None)
    if found is not None:
        return found
    what = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable")
    return (
        line,
        "",
        f"不是有效的 YAML（{what}）。请检查缩进（只用空格，同一层对齐）、括号与引号是否成对、冒号后"
        "是否有空格；含冒号、逗号、# 的文字请用引号括住。",
        f"This is not valid YAML ({what}). Check the indentation (spaces only, one level in one "
        "column), that brackets and quotes are closed, and that a space follows each colon; a text "
        "with a colon, a comma or # goes in quotes.",
    )


def _suspects(text: str, error: yaml.YAMLError, line: int | None) -> Iterator[Fault]:
    lines = text.split("\n")
    for number, written in enumerate(lines[:line], start=1):
        if _TAB.match(written):
            yield (
                number,
                "",
                "这一行用制表符（Tab）缩进，请改用空格。",
                "This line is indented with a tab; use spaces.",
            )
    if "unacceptable character" in str(error) or isinstance(error, yaml.reader.ReaderError):
        yield _unacceptable(text)
    for number, written in enumerate(lines[:line], start=1):
        fault = _full_width(_bare(written), number)
        if fault is not None:
            yield fault
        if _BRACKETS.search(_bare(written)):
            yield (
                number,
                "",
                "这一行有全角括号，请改为半角的 { } 或 [ ]。",
                "This line has full-width brackets; write ASCII { } or [ ].",
            )
        if _QUOTES.search(_bare(written)):
            yield (
                number,
                "",
                '这一行有中文引号，请改为半角引号（"…"）。',
                'This line has curly quotes; write ASCII ones ("…").',
            )
    yield from _unclosed(error)
    if "mapping values are not allowed" in str(error):
        yield (
            line,
            "",
            "这里的冒号不能理解：文字中有冒号时请用引号括住整段文字；否则请检查缩进是否与上一行对齐。",
            "The colon is not understood here: put a text with a colon in quotes, or see that the "
            "line is indented as the one before.",
        )


def _unclosed(error: yaml.YAMLError) -> Iterator[Fault]:
    """A bracket or a quote that begins somewhere and does not end: YAML notices much later."""
    begun = getattr(error, "context_mark", None)
    context = str(getattr(error, "context", None) or "")
    if begun is None or not ("flow" in context or "quoted" in context):
        return
    sign = _SIGNS.get(context.split(" ")[-1], ("括号", "bracket"))
    yield (
        begun.line + 1,
        "",
        f"从这一行开始的{sign[0]}没有正确结束：请检查是否少了右括号、引号或逗号；含逗号、冒号的文字"
        "请用引号括住。",
        f"The {sign[1]} that begins in this line does not end properly: a closing bracket, a "
        "quote or a comma is missing; a text with a comma or a colon goes in quotes.",
    )


def _unacceptable(text: str) -> Fault:
    place = yaml.reader.Reader.NON_PRINTABLE.search(text)
    line = None if place is None else text.count("\n", 0, place.start()) + 1
    return (
        line,
        "",
        "这一行有不可见的控制字符，请删去后重新输入。",
        "This line has an invisible control character; delete it and type the text again.",
    )
