"""Writes a small .xlsx: a header, rows of text or numbers, and text columns kept as text."""

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from services.assessment.spreadsheets.reading import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# The creation time is part of the file: a fixed one makes the same rows the same bytes.
_CREATED = datetime(2024, 1, 1)  # noqa: DTZ001 the format has no zone


def write_sheet(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | int | float | None]],
    lang: str = "zh",
) -> bytes:
    """Text is written as text, never as a formula or a number, so that nothing is executed and
    identity numbers keep all their digits."""
    stream = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, settings) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet(title)
        heading = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 20, text)
        for at, column in enumerate(columns):
            name = column.zh if lang == "zh" else column.en
            sheet.write_string(0, at, name + ("*" if column.required else ""), heading)
        for number, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, at, value, text)
                elif value is not None:
                    sheet.write_number(number, at, value)
    return stream.getvalue()
