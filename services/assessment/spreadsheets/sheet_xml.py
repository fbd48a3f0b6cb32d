"""What the XML of a sheet says beside its values: how far it reaches, what is hidden or merged, and
which cells have no value that could be read."""

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from services.assessment.spreadsheets.errors import NotASpreadsheet, SpreadsheetTooLarge

MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 64
_REFERENCE = re.compile(r"([A-Z]{0,3})([0-9]{0,7})")
_TRUE = ("1", "true", "on")


@dataclass(frozen=True, slots=True)
class Area:
    """Rows and columns from 1, both ends included."""

    text: str
    first_row: int
    last_row: int


@dataclass(slots=True)
class SheetNotes:
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    unreadable: list[tuple[int, int]] = field(default_factory=list)  # (row, column)


def note_sheet(xml: bytes) -> SheetNotes:
    """Raises NotASpreadsheet for a document type, SpreadsheetTooLarge for a row or cell outside the
    limits; expat's errors where it is no XML."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.Parse(xml, True)
    return reader.notes


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _refuse_document_type(*_: object) -> None:
    raise NotASpreadsheet(field="roster")


class _Reader:
    def __init__(self) -> None:
        self.notes = SheetNotes()
        self._row = self._column = 0
        self._formula = self._valued = self._error = self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self._start_row(attributes)
        elif kind == "c":
            self._start_cell(attributes)
        elif kind == "f":
            self._formula = True
        elif kind in ("v", "is"):
            self._in_value = True
        elif kind == "col" and _is_hidden(attributes, "width"):
            first, last = (_whole(attributes.get(each, "0")) for each in ("min", "max"))
            self.notes.hidden_columns |= set(range(first, min(last, MOST_COLUMNS) + 1))
        elif kind == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind in ("v", "is"):
            self._in_value = False
        elif kind == "c" and (self._error or (self._formula and not self._valued)):
            self.notes.unreadable.append((self._row, self._column))

    def text(self, text: str) -> None:
        self._valued = self._valued or (self._in_value and bool(text.strip()))

    def _start_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        self._row = self._row + 1 if given is None else _place(given)[1]
        self._column = 0
        if self._row > MOST_ROWS:
            raise SpreadsheetTooLarge(field="roster")
        if _is_hidden(attributes, "ht"):
            self.notes.hidden_rows.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        column, row = (self._column + 1, self._row) if given is None else _place(given)
        if row > MOST_ROWS or column > MOST_COLUMNS:
            raise SpreadsheetTooLarge(field="roster")
        self._row, self._column = row or self._row, column
        self._formula = self._valued = self._in_value = False
        self._error = attributes.get("t") == "e"

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        rows = _place(first)[1], _place(last or first)[1]
        self.notes.merged.append(Area(reference, *rows))


def _place(reference: str) -> tuple[int, int]:
    """(column, row) of A1, 12 or B; 0 for what is not said."""
    found = _REFERENCE.fullmatch(reference.upper())
    if not found:
        raise NotASpreadsheet(field="roster")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number, int(found[2] or 0)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise NotASpreadsheet(field="roster")
    return int(text)


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """By name, or since it is drawn without height or width."""
    if attributes.get("hidden") in _TRUE:
        return True
    try:
        return float(attributes.get(size, "1")) == 0
    except ValueError:
        return False
