"""What a cell of a roster says, as people type it. Pure."""

import re
from datetime import date


def as_text(cell: object) -> str:
    """A cell as typed: 5.0 is "5"; a date is written as one, and is read where dates are."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


_DAY = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d{2})(\d{2}))"
)


def read_day(text: str) -> date | None:
    """2021-05-30, 2021/5/30, 2021.5.30, 2021年5月30日, 20210530: the year always in full."""
    found = _DAY.fullmatch("".join(text.split()))
    if found is None or (not found[0].isascii() and "年" not in found[0]):
        return None
    try:
        return date(*(int(each) for each in found.groups() if each is not None))
    except ValueError:
        return None
