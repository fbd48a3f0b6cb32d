"""The files of a directory of documents. Only regular files are opened: a pipe would never end."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from shared.procedures.model import Problem
from shared.procedures.reading.yaml_source import LARGEST_TEXT, TOO_LARGE

_SUFFIXES = (".yaml", ".yml")
_MOST_BYTES = 4 * LARGEST_TEXT  # a character is four bytes of UTF-8 at most
Stamp = tuple[int, int, int]


def look(directories: Iterable[Path]) -> tuple[dict[Path, Stamp], list[Problem]]:
    """What has a document's name, with (time, size, inode), and the directories not there."""
    seen: dict[Path, Stamp] = {}
    faults = []
    for directory in directories:
        if not directory.is_dir():
            zh, en = "目录不存在。", "There is no such directory."
            faults.append(Problem(str(directory), "", zh, en))
            continue
        for path in sorted(directory.rglob("*")):
            if path.suffix in _SUFFIXES and not path.name.startswith("."):
                stamp = _stamp(path)
                if stamp is not None:
                    seen[path] = stamp
    return seen, faults


def _stamp(path: Path) -> Stamp | None:
    """Of the file; of the link where it leads nowhere; None where it is gone by now."""
    for follow in (True, False):
        try:
            found = path.stat(follow_symlinks=follow)
        except OSError:
            continue
        return found.st_mtime_ns, found.st_size, found.st_ino
    return None


def text_of_file(path: Path) -> str | Problem:
    """Its text, or why there is none. Never waits."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Problem(
            str(path),
            "",
            "文件不存在（链接指向的文件已不在）。请改正链接，或删去它。",
            "There is no such file (the link leads nowhere). Mend the link, or delete it.",
        )
    except OSError as error:
        return _unreadable(path, error)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return _no_file(path)
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return Problem(str(path), "", *TOO_LARGE)
        if content.startswith(codecs.BOM_UTF8):
            return _with_mark(path)
        text = content.decode("utf-8")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return _not_utf8(path, content, error)
    except (OSError, ValueError) as error:
        return _unreadable(path, error)
    finally:
        os.close(descriptor)


def _with_mark(path: Path) -> Problem:
    return Problem(
        str(path),
        "",
        "文件开头有看不见的 BOM 标记（记事本的“带 BOM 的 UTF-8”）。请另存为“UTF-8”（无 BOM）。",
        "The file begins with an invisible mark (a BOM, of Notepad's “UTF-8 with BOM”). Save it as "
        "UTF-8 without BOM.",
        1,
    )


def _not_utf8(path: Path, content: bytes, error: UnicodeDecodeError) -> Problem:
    """With the line of the first character that is not understood."""
    line = content.count(b"\n", 0, error.start) + 1
    name = "UTF-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None
    if name is None:
        try:
            content.decode("gb18030")
            name = "GBK（GB18030）"
        except UnicodeDecodeError:
            name = "其他编码 / another encoding"
    return Problem(
        str(path),
        "",
        f"文件不是 UTF-8，而是 {name}。请在编辑器中“另存为”，编码选 UTF-8（无 BOM）。",
        f"The file is not UTF-8 but {name}. Choose “save as” in the editor, with the encoding "
        "UTF-8 (without BOM).",
        line,
    )


def _no_file(path: Path) -> Problem:
    return Problem(
        str(path),
        "",
        "这不是普通文件（而是目录、管道或设备），没有读取。请改放 .yaml 文件，或换一个名字。",
        "This is no regular file (but a directory, a pipe or a device) and was not read. Put a "
        ".yaml file in its place, or give it another name.",
    )


def _unreadable(path: Path, error: Exception) -> Problem:
    if path.is_socket():  # it cannot even be opened
        return _no_file(path)
    name = type(error).__name__
    if isinstance(error, PermissionError):
        return Problem(
            str(path),
            "",
            "没有读取权限。请让服务账户可以读取该文件。",
            "It may not be read. Give the account of the service the right to read the file.",
        )
    return Problem(
        str(path),
        "",
        f"文件无法读取（{name}），请存为 UTF-8。",
        f"The file cannot be read ({name}); save it as UTF-8.",
    )
