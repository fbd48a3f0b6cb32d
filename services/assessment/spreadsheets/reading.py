"""Reads one sheet of an uploaded .xlsx into rows of text; refuses what could harm the process.

A workbook is a zip of XML: a small file can unpack to gigabytes, and two cells far apart make the
reader allocate everything between them. Both are refused before the reader sees the file.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from shared.kernel.errors import DomainError

LARGEST_FILE: Final = 2 * 1024 * 1024
LARGEST_UNPACKED: Final = 20 * 1024 * 1024
MOST_PARTS: Final = 200
MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 64

# What zipfile and expat raise on bytes that are no workbook; passwords are a RuntimeError.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)

Value = str | int | float | bool | object


class NotASpreadsheet(DomainError):
    code = "not_a_spreadsheet"
    zh = "文件不是可读取的 .xlsx 表格。"
    en = "The file is not an .xlsx workbook that can be read."
    remedy_zh = "请下载模板，用 Excel 或 WPS 另存为 .xlsx（不加密码）后再上传。"
    remedy_en = "Download the template and save it as .xlsx, without a password."


class SpreadsheetTooLarge(DomainError):
    code = "spreadsheet_too_large"
    status = 413
    zh = "表格过大：文件不超过 2 MB，展开后不超过 20 MB，不超过 2000 行、64 列。"
    en = "The workbook is too large: 2 MB, 20 MB unpacked, 2,000 rows and 64 columns at most."
    remedy_zh = "请删除多余的行、列和图片，或分批导入。"
    remedy_en = "Delete unused rows, columns and pictures, or import in several files."


class ColumnMissing(DomainError):
    code = "column_missing"
    zh = "表头缺少“{column}”一列。"
    en = 'The header row has no column "{column}".'
    remedy_zh = "请使用下载的模板，不要改动第一行。"
    remedy_en = "Use the template and leave its first row as it is."


class SheetEmpty(DomainError):
    code = "sheet_empty"
    zh = "表格中没有数据行。"
    en = "The sheet has no rows."
    remedy_zh = "请从第二行起填写。"
    remedy_en = "Fill it in from the second row on."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form on paper: its key, and the headings under which it is recognised."""

    key: str
    zh: str
    en: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as the spreadsheet program shows it
    cells: dict[str, Value]  # by column key; an empty cell is ""


def read_rows(content: bytes, columns: Sequence[Column]) -> list[Row]:
    """The rows under the header of the first sheet, empty ones left out.

    Raises NotASpreadsheet, SpreadsheetTooLarge, ColumnMissing, SheetEmpty.
    """
    _ensure_harmless(content)
    table = _table(content)
    if not table:
        raise SheetEmpty(field="roster")
    places = _places(table[0], columns)
    rows = [
        Row(number, {key: _clean(line[at]) if at < len(line) else "" for key, at in places.items()})
        for number, line in enumerate(table[1:], start=2)
        if any(_clean(cell) != "" for cell in line)
    ]
    if not rows:
        raise SheetEmpty(field="roster")
    return rows


def _table(content: bytes) -> list[list[Value]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            return [list(line) for line in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, ValueError, OSError, IndexError) as refused:
        raise NotASpreadsheet(field="roster") from refused
    except BaseException as panic:
        # The reader is compiled; a panic in it is no Exception, and must not end the process.
        if type(panic).__name__ != "PanicException":
            raise
        raise NotASpreadsheet(field="roster") from panic


def _clean(cell: Value) -> Value:
    return cell.strip() if isinstance(cell, str) else cell


def _places(header: Sequence[Value], columns: Sequence[Column]) -> dict[str, int]:
    # A heading may carry a mark for required fields: "姓名*".
    headings = {str(cell).strip().rstrip("*").lower(): at for at, cell in enumerate(header)}
    places: dict[str, int] = {}
    for column in columns:
        found = [headings[name] for name in (column.zh, column.en.lower()) if name in headings]
        if found:
            places[column.key] = found[0]
        elif column.required:
            raise ColumnMissing(field=column.key, row=1, column=column.zh)
    return places


def _ensure_harmless(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise SpreadsheetTooLarge(field="roster")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise SpreadsheetTooLarge(field="roster")
            left = LARGEST_UNPACKED
            for part in archive.infolist():
                unpacked = _unpack(archive, part, left)
                left -= len(unpacked)
                if part.filename.lower().endswith(".xml"):
                    _ensure_small_sheet(unpacked)
    except _DAMAGED as bad:
        raise NotASpreadsheet(field="roster") from bad


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    # The declared size may lie: read no further than the limit, and let the CRC catch the rest.
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotASpreadsheet(field="roster")
    if part.file_size > left:
        raise SpreadsheetTooLarge(field="roster")
    with archive.open(part) as stream:
        unpacked = stream.read(left + 1)
    if len(unpacked) > left:
        raise SpreadsheetTooLarge(field="roster")
    return unpacked


_REFERENCE = re.compile(r"([A-Z]{0,3})([0-9]{0,7})")


def _ensure_small_sheet(xml: bytes) -> None:
    """Refuses a cell or row whose reference lies outside the limits, and any document type."""

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] not in {"c", "row"} or "r" not in attributes:
            return
        found = _REFERENCE.fullmatch(attributes["r"].upper())
        if not found:
            raise NotASpreadsheet(field="roster")
        if int(found[2] or 0) > MOST_ROWS or _column_number(found[1]) > MOST_COLUMNS:
            raise SpreadsheetTooLarge(field="roster")

    def doctype(*_: object) -> None:
        raise NotASpreadsheet(field="roster")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(xml, True)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
