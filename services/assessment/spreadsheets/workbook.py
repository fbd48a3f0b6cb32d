"""Opens an uploaded .xlsx: refuses what could harm the process, and tells what of a sheet a reader
would not see or would drop.

A workbook is a zip of XML: a small file can unpack to gigabytes, and two cells far apart make the
reader allocate everything between them. Both are refused before the reader sees the file.
"""

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.assessment.spreadsheets.errors import NotASpreadsheet, SpreadsheetTooLarge
from services.assessment.spreadsheets.sheet_xml import SheetNotes, note_sheet

LARGEST_FILE: Final = 2 * 1024 * 1024
LARGEST_UNPACKED: Final = 20 * 1024 * 1024
MOST_PARTS: Final = 200
WORKBOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"

# What zipfile, expat and the parser raise on bytes that are no workbook; passwords: RuntimeError.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    ParseError,
    DefusedXmlException,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)

Value = str | int | float | bool | object


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that people see, as a table from its first row and column on."""

    name: str
    table: list[list[Value]]
    notes: SheetNotes


def visible_sheets(content: bytes) -> list[Sheet]:
    """In their order; hidden sheets are left alone. Raises NotASpreadsheet,
    SpreadsheetTooLarge."""
    notes = _notes(content)
    sheets = []
    for name, table in _tables(content):
        if name not in notes:
            raise NotASpreadsheet(field="roster")
        sheets.append(Sheet(name, table, notes[name]))
    return sheets


def _tables(content: bytes) -> list[tuple[str, list[list[Value]]]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            shown = [
                each.name
                for each in workbook.sheets_metadata
                if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
            ]
            tables = [
                workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in shown
            ]
            return [
                (name, [list(line) for line in table])
                for name, table in zip(shown, tables, strict=True)
            ]
    except (CalamineError, ValueError, OSError, IndexError) as refused:
        raise NotASpreadsheet(field="roster") from refused
    except BaseException as panic:
        # The reader is compiled; a panic in it is no Exception, and must not end the process.
        if type(panic).__name__ != "PanicException":
            raise
        raise NotASpreadsheet(field="roster") from panic


def _notes(content: bytes) -> dict[str, SheetNotes]:
    """By the names of the sheets. The reader follows the workbook's relations: none of them may
    lead to a part that was not measured, which would end the process."""
    parts = _parts(content)
    if WORKBOOK not in parts or RELATIONS not in parts:
        raise NotASpreadsheet(field="roster")
    try:
        targets = _targets(parts[RELATIONS])
        links = _sheet_links(parts[WORKBOOK])
    except _DAMAGED as bad:
        raise NotASpreadsheet(field="roster") from bad
    if not set(targets.values()) <= set(parts) or not {link for _, link in links} <= set(targets):
        raise NotASpreadsheet(field="roster")
    return {name: note_sheet(parts[targets[link]]) for name, link in links}


def _parts(content: bytes) -> dict[str, bytes]:
    """The XML of the workbook by its path, in small letters; every part is unpacked once, within
    the limits, and all XML is measured as if it were a sheet."""
    if len(content) > LARGEST_FILE:
        raise SpreadsheetTooLarge(field="roster")
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise SpreadsheetTooLarge(field="roster")
            left = LARGEST_UNPACKED
            for part in archive.infolist():
                unpacked = _unpack(archive, part, left)
                left -= len(unpacked)
                name = part.filename.replace("\\", "/").lower()
                if name in found:
                    raise NotASpreadsheet(field="roster")
                if name.endswith((".xml", ".rels")):
                    note_sheet(unpacked)
                    found[name] = unpacked
    except _DAMAGED as bad:
        raise NotASpreadsheet(field="roster") from bad
    return found


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


_BESIDE = ("/vbaProject", "/attachedToolbars")  # what a workbook with macros has beside its sheets


def _targets(relations: bytes) -> dict[str, str]:
    """The paths of the workbook's parts by the ids of their relations."""
    found = {}
    for each in fromstring(relations, forbid_dtd=True):
        if each.get("TargetMode") == "External" or str(each.get("Type")).endswith(_BESIDE):
            continue
        target = str(each.get("Target") or "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        found[str(each.get("Id"))] = posixpath.normpath(path).lower()
    return found


def _sheet_links(workbook: bytes) -> list[tuple[str, str]]:
    """Each sheet's name and the id of its relation."""
    root: Element = fromstring(workbook, forbid_dtd=True)
    return [
        (str(sheet.get("name")), value)
        for sheet in root.iter()
        if sheet.tag.rpartition("}")[2] == "sheet"
        for key, value in sheet.attrib.items()
        if key.rpartition("}")[2] == "id" and key.startswith("{")
    ]
