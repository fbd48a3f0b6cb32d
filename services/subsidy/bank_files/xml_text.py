"""Reads XML as banks write it: in UTF-8, UTF-16 or an encoding of the GB family."""

import codecs
import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.subsidy.reports.errors import UnreadableReport

LARGEST = 5_000_000
_GB = {"gb18030", "gbk", "gb2312", "cp936", "ms936", "x-gbk", "euc-cn", "euccn"}
_PLAIN = {"utf-8", "utf8", "us-ascii", "ascii"}
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([^"']{1,40})["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)


def read_xml(content: bytes) -> Element:
    """Raises UnreadableReport. A document with a DTD is refused in every encoding: no entity is
    ever expanded."""
    if len(content) > LARGEST:
        raise UnreadableReport(why=f"> {LARGEST} bytes")
    text = _DECLARATION.sub("", _decode(content), count=1)
    try:
        root: Element = fromstring(text.encode("utf-8"), forbid_dtd=True)
    except ParseError as error:
        raise UnreadableReport(why=f"XML, {error.position[0]}:{error.position[1]}") from None
    except DefusedXmlException:
        raise UnreadableReport(why="DTD") from None
    except (ValueError, LookupError):
        raise UnreadableReport(why="XML") from None
    return root


def _decode(content: bytes) -> str:
    encoding, start = _encoding(content)
    try:
        return content[start:].decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableReport(why=f"encoding, {encoding}") from None


def _encoding(content: bytes) -> tuple[str, int]:
    """The encoding by its mark, else as it is declared; and where the text starts."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, 0 if b"<" in mark else len(mark)
    declaration = _DECLARATION.match(content[:200].decode("ascii", "replace"))
    declared = None if declaration is None else _ENCODING.search(declaration[0])
    name = "utf-8" if declared is None else declared[1].strip().lower().replace("_", "-")
    if name in _GB:
        return "gb18030", 0  # holds the other two
    if name in _PLAIN:
        return "utf-8", 0
    raise UnreadableReport(why="encoding: UTF-8, UTF-16, GB18030, GBK, GB2312")
