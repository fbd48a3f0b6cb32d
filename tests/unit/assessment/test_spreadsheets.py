import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assessment.sittings.columns import ROSTER
from services.assessment.spreadsheets.reading import (
    ColumnMissing,
    NotASpreadsheet,
    SheetEmpty,
    SpreadsheetTooLarge,
    read_rows,
)
from services.assessment.spreadsheets.writing import write_sheet


def roster(*rows: list[str | int | float | None]) -> bytes:
    return write_sheet("名单", ROSTER, rows)


def with_part(content: bytes, name: str, change: bytes) -> bytes:
    """The workbook with one part replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, change if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, change)
    return out.getvalue()


def sheet(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    rows = read_rows(roster(["王一", "42128119900101"], [None, None], ["王三", "x"]), ROSTER)
    assert [(row.number, row.cells["name"]) for row in rows] == [(2, "王一"), (4, "王三")]


def test_a_number_cell_stays_a_number_and_text_stays_text() -> None:
    rows = read_rows(roster(["王一", 421281200103072010], ["王二", "421281200103072010"]), ROSTER)
    assert isinstance(rows[0].cells["identity_number"], int | float)
    assert rows[1].cells["identity_number"] == "421281200103072010"


def test_the_english_header_is_read_too() -> None:
    content = write_sheet("Roster", ROSTER, [["Wang", "1"]], lang="en")
    assert read_rows(content, ROSTER)[0].cells["name"] == "Wang"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    content = roster(["=1+1", "@cmd"])
    assert b"<f>" not in sheet(content)
    assert read_rows(content, ROSTER)[0].cells["name"] == "=1+1"


def test_the_same_rows_are_the_same_bytes() -> None:
    assert roster(["王一", "1"]) == roster(["王一", "1"])


def test_a_missing_column_is_named() -> None:
    content = write_sheet(
        "x", [column for column in ROSTER if column.key != "identity_number"], [["王一"]]
    )
    with pytest.raises(ColumnMissing) as refused:
        read_rows(content, ROSTER)
    assert "身份证号码" in refused.value.text("zh")


def test_a_sheet_without_rows_is_refused() -> None:
    with pytest.raises(SheetEmpty):
        read_rows(roster(), ROSTER)


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    bomb = with_part(roster(["a", "b"]), "xl/media/image1.png", b"\0" * 21_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(SpreadsheetTooLarge):
        read_rows(bomb, ROSTER)


@pytest.mark.parametrize("reference", [b"XFD1048576", b"A1048576", b"&#88;FD1", b"CA2"])
def test_a_cell_far_away_is_refused_before_the_reader_makes_room_for_it(reference: bytes) -> None:
    content = roster(["王一", "1"])
    far = with_part(
        content,
        "xl/worksheets/sheet1.xml",
        sheet(content).replace(b'r="B2"', b'r="' + reference + b'"'),
    )
    with pytest.raises(SpreadsheetTooLarge):
        read_rows(far, ROSTER)


def test_a_document_type_is_refused() -> None:
    content = roster(["王一", "1"])
    declared = with_part(
        content,
        "xl/worksheets/sheet1.xml",
        sheet(content).replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet', 1),
    )
    with pytest.raises(NotASpreadsheet):
        read_rows(declared, ROSTER)


def test_a_long_file_is_refused_unread() -> None:
    with pytest.raises(SpreadsheetTooLarge):
        read_rows(b"PK" + b"\0" * 2_100_000, ROSTER)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_as_no_spreadsheet(content: bytes) -> None:
    with pytest.raises((NotASpreadsheet, SpreadsheetTooLarge, SheetEmpty, ColumnMissing)):
        read_rows(content, ROSTER)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_read_never_worse(data: st.DataObject) -> None:
    content = bytearray(roster(["王一", "421281200103072010"]))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(NotASpreadsheet, SpreadsheetTooLarge, SheetEmpty, ColumnMissing):
        read_rows(bytes(content), ROSTER)
