"""Reads the visible sheet of an uploaded .xlsx into rows. Nothing that a cell holds is dropped
unsaid: what cannot be read is refused where it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from services.assessment.spreadsheets.errors import (
    CellsMerged,
    CellUnreadable,
    ColumnHidden,
    NotASpreadsheet,
    PersonOutside,
    RowsHidden,
    SeveralSheets,
    SheetEmpty,
)
from services.assessment.spreadsheets.headings import (
    Column,
    faults_of,
    heading_row,
    places_of,
)
from services.assessment.spreadsheets.sheet_xml import column_letters
from services.assessment.spreadsheets.workbook import (
    LARGEST_FILE,
    Sheet,
    Value,
    visible_sheets,
)
from shared.kernel.errors import DomainError, Errors
from shared.kernel.text import without_spaces

__all__ = ["LARGEST_FILE", "Column", "NotASpreadsheet", "Row", "read_rows"]


_PERSON = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)")


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as the spreadsheet program shows it
    cells: dict[str, Value]  # by column key; an empty cell is ""


def read_rows(content: bytes, columns: Sequence[Column]) -> list[Row]:
    """The rows under the headings of the one visible sheet that has them, empty ones left out.

    Raises NotASpreadsheet, SpreadsheetTooLarge, SheetEmpty, SeveralSheets, or Errors with
    everything of the sheet that could not be read."""
    sheets = visible_sheets(content)
    sheet = _sheet(sheets, columns)
    at = heading_row(sheet.table, columns) or 0
    faults = [
        *faults_of(sheet.table, at, columns),
        *_unseen(sheet, at),
        *_outside(sheet.name, sheet.table[:at]),
        *(
            fault
            for each in sheets
            if each is not sheet
            for fault in _outside(each.name, each.table)
        ),
    ]
    if faults:
        raise faults[0] if len(faults) == 1 else Errors(faults)
    places = places_of(sheet.table[at], columns)
    rows = [
        Row(number, {key: _clean(line[at]) if at < len(line) else "" for key, at in places.items()})
        for number, line in enumerate(sheet.table[at + 1 :], start=at + 2)
        if _filled(line)
    ]
    if not rows:
        raise SheetEmpty(field="roster")
    return rows


def _sheet(sheets: Sequence[Sheet], columns: Sequence[Column]) -> Sheet:
    """The one with the headings; where none has them, the first that has anything."""
    filled = [each for each in sheets if any(_filled(line) for line in each.table)]
    if not filled:
        raise SheetEmpty(field="roster")
    meant = [each for each in filled if heading_row(each.table, columns) is not None]
    if len(meant) > 1:
        names = ", ".join(f"“{each.name}”" for each in meant)
        raise SeveralSheets(field="roster", sheets=names)
    return meant[0] if meant else filled[0]


def _unseen(sheet: Sheet, at: int) -> list[DomainError]:
    """What people do not see, or the reader would drop, from the headings in row `at` on."""
    table, notes = sheet.table, sheet.notes
    faults: list[DomainError] = []
    hidden = [
        number
        for number in sorted(notes.hidden_rows)
        if at < number <= len(table) and _filled(table[number - 1])
    ]
    if hidden:
        faults.append(RowsHidden(field="roster", row=hidden[0], rows=_in_words(hidden)))
    for column in sorted(notes.hidden_columns):
        if any(_filled(line[column - 1 : column]) for line in table[at:]):
            letter = column_letters(column)
            faults.append(ColumnHidden(field="roster", row=at + 1, column=letter))
    faults += [
        CellsMerged(field="roster", row=area.first_row, cells=area.text)
        for area in notes.merged
        if area.last_row > at
    ]
    faults += [
        CellUnreadable(field="roster", row=row, cell=f"{column_letters(column)}{row}")
        for row, column in notes.unreadable
        if row > at
    ]
    return faults


def _outside(name: str, table: Sequence[Sequence[Value]]) -> list[DomainError]:
    """People on a sheet, or above the headings, who are not read. Notes may stand there."""
    return [
        PersonOutside(field="roster", row=number, sheet=name)
        for number, line in enumerate(table, start=1)
        if any(_PERSON.search(without_spaces(_written(cell))) for cell in line)
    ]


def _written(cell: Value) -> str:
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell)


def _in_words(numbers: Sequence[int]) -> str:
    """3, 5-9, 12"""
    runs = []
    for _, run in groupby(enumerate(numbers), key=lambda each: each[1] - each[0]):
        several = [number for _, number in run]
        first, last = several[0], several[-1]
        runs.append(str(first) if first == last else f"{first}-{last}")
    return ", ".join(runs)


def _filled(line: Sequence[Value]) -> bool:
    return any(_clean(cell) not in ("", None) for cell in line)


def _clean(cell: Value) -> Value:
    return cell.strip() if isinstance(cell, str) else cell
