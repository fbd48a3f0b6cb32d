"""Which column of a sheet is which: headings as people write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.assessment.spreadsheets.errors import (
    ColumnMissing,
    HeadingEmpty,
    HeadingTwice,
    HeadingUnknown,
)
from services.assessment.spreadsheets.sheet_xml import column_letters
from services.assessment.spreadsheets.workbook import Value
from shared.kernel.errors import DomainError
from shared.kernel.text import without_spaces

HEADING_ROWS = 5  # a title may stand above the headings
# "姓名（必填）", "*姓名", "姓名：": marks that say nothing about which column it is
_MARK = re.compile(
    r"[((\[【][^))\]】]*(?:必填|选填|可选|必须|required|optional)[^))\]】]*[))\]】]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a form on paper: its key, and the headings under which it is recognised."""

    key: str
    zh: str
    en: str
    required: bool = True


def heading_row(table: Sequence[Sequence[Value]], columns: Sequence[Column]) -> int | None:
    """The place of the first row that has every required heading."""
    for at, line in enumerate(table[:HEADING_ROWS]):
        if not _missing(_places(line, columns), columns):
            return at
    return None


def faults_of(
    table: Sequence[Sequence[Value]], at: int, columns: Sequence[Column]
) -> list[DomainError]:
    """What is wrong with the headings in row `at`, and every column whose content would be
    dropped."""
    places, row = _places(table[at], columns), at + 1
    faults: list[DomainError] = [
        ColumnMissing(field=each.key, row=row, column=each.zh, column_en=each.en)
        for each in _missing(places, columns)
    ]
    for column in columns:
        if len(places.get(column.key, ())) > 1:
            letters = ", ".join(column_letters(each + 1) for each in places[column.key])
            faults.append(
                HeadingTwice(field=column.key, row=row, columns=letters, heading=column.zh)
            )
    known = {each for several in places.values() for each in several}
    width = max((len(line) for line in table), default=0)
    for place in range(width):
        filled = any(place < len(line) and not _empty(line[place]) for line in table[at + 1 :])
        if place in known or not filled:
            continue
        heading = str(table[at][place]).strip() if place < len(table[at]) else ""
        letter = column_letters(place + 1)
        faults.append(
            HeadingUnknown(field="roster", row=row, column=letter, heading=heading[:40])
            if heading
            else HeadingEmpty(field="roster", row=row, column=letter)
        )
    return faults


def places_of(line: Sequence[Value], columns: Sequence[Column]) -> dict[str, int]:
    """The place of each column that is there, by its key."""
    return {key: several[0] for key, several in _places(line, columns).items()}


def _places(line: Sequence[Value], columns: Sequence[Column]) -> dict[str, list[int]]:
    named = {_plain(name): each.key for each in columns for name in (each.zh, each.en)}
    found: dict[str, list[int]] = {}
    for at, cell in enumerate(line):
        key = named.get(_plain(str(cell)))
        if key is not None:
            found.setdefault(key, []).append(at)
    return found


def _missing(places: dict[str, list[int]], columns: Sequence[Column]) -> list[Column]:
    return [each for each in columns if each.required and each.key not in places]


def _plain(heading: str) -> str:
    return _MARK.sub("", without_spaces(heading)).strip("*:·").lower()


def _empty(cell: Value) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
