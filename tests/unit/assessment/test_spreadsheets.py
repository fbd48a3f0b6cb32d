import contextlib
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assessment.sittings.columns import ROSTER
from services.assessment.spreadsheets.errors import (
    CellsMerged,
    CellUnreadable,
    ColumnHidden,
    ColumnMissing,
    HeadingEmpty,
    HeadingTwice,
    HeadingUnknown,
    NotASpreadsheet,
    PersonOutside,
    RowsHidden,
    SeveralSheets,
    SheetEmpty,
    SpreadsheetTooLarge,
)
from services.assessment.spreadsheets.reading import Row, read_rows
from services.assessment.spreadsheets.writing import write_sheet
from shared.kernel.errors import DomainError, Errors


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
    with pytest.raises((NotASpreadsheet, SpreadsheetTooLarge)):
        read_rows(content, ROSTER)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_read_never_worse(data: st.DataObject) -> None:
    content = bytearray(roster(["王一", "421281200103072010"]))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DomainError):
        read_rows(bytes(content), ROSTER)


HEADINGS = ["姓名", "身份证号码", "申报条件"]
PERSON = ["王一", "421281200103072010", "4-2"]


def book(*sheets: tuple[str, Callable[[Any, Any], None]], **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as made:
        for name, fill in sheets:
            fill(made, made.add_worksheet(name))
    return out.getvalue()


def listing(*lines: list[Any]) -> Callable[[Any, Any], None]:
    def fill(_: Any, sheet: Any) -> None:
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(row, column, value)

    return fill


def names(content: bytes) -> list[object]:
    return [row.cells["name"] for row in read_rows(content, ROSTER)]


@pytest.mark.parametrize(
    "headings",
    [
        ["姓 名", "*身份证号码", "申报条件（必填）"],
        ["姓名*", "＊身份证号码：", "申报条件(必填)"],
        ["　姓名　", "身份证\n号码", "【必填】申报条件"],
        ["Name (required)", "identity number *", "CONDITION CHOSEN"],
    ],
)
def test_headings_are_read_as_people_write_them(headings: list[str]) -> None:
    assert names(book(("名单", listing(headings, PERSON)))) == ["王一"]


def test_a_title_may_stand_above_the_headings() -> None:
    rows = read_rows(book(("名单", listing(["2024 年第一期名单"], HEADINGS, PERSON))), ROSTER)
    assert [row.number for row in rows] == [3]


def test_a_hidden_sheet_is_not_the_roster() -> None:
    def hidden(made: Any, sheet: Any) -> None:
        listing(HEADINGS, ["旧人", "1", "x"])(made, sheet)
        sheet.hide()

    def shown(made: Any, sheet: Any) -> None:
        listing(HEADINGS, PERSON)(made, sheet)
        sheet.activate()

    assert names(book(("旧名单", hidden), ("名单", shown))) == ["王一"]


def test_two_sheets_with_the_headings_are_not_chosen_between() -> None:
    both = book(("一班", listing(HEADINGS, PERSON)), ("二班", listing(HEADINGS, PERSON)))
    with pytest.raises(SeveralSheets) as refused:
        read_rows(both, ROSTER)
    assert "一班" in refused.value.text("zh") and "二班" in refused.value.text("en")
    notes = book(("填表说明", listing(["请逐行填写"])), ("名单", listing(HEADINGS, PERSON)))
    assert names(notes) == ["王一"]


def filled(change: Callable[[Any, Any], None]) -> bytes:
    def fill(made: Any, sheet: Any) -> None:
        listing(HEADINGS, PERSON, ["李二", "421281200103072029", "4-2"])(made, sheet)
        change(made, sheet)

    return book(("名单", fill))


def with_a_remark(_: Any, sheet: Any) -> None:
    sheet.write(0, 3, "备注")
    sheet.write(2, 3, "x")


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda _, sheet: sheet.set_row(2, None, None, {"hidden": True}), RowsHidden, "第 3 行"),
        (lambda _, sheet: sheet.set_column(1, 1, 9, None, {"hidden": True}), ColumnHidden, "B 列"),
        (lambda _, sheet: sheet.write(0, 3, "姓名"), HeadingTwice, "A, D"),
        (
            lambda _, sheet: sheet.write(0, 3, "备注") or sheet.write(2, 3, "x"),
            HeadingUnknown,
            "备注",
        ),
        (lambda _, sheet: sheet.write(2, 3, "x"), HeadingEmpty, "D 列"),
        (
            lambda made, sheet: sheet.merge_range("C2:C3", "4-2", made.add_format()),
            CellsMerged,
            "C2:C3",
        ),
        (lambda _, sheet: sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!"), CellUnreadable, "C3"),
    ],
)
def test_what_would_be_dropped_or_was_not_seen_is_refused_where_it_is(
    change: Callable[[Any, Any], None], error: type[DomainError], said: str
) -> None:
    with pytest.raises(error) as refused:
        read_rows(filled(change), ROSTER)
    assert said in refused.value.text("zh")


def test_a_formula_without_its_result_is_refused() -> None:
    content = filled(lambda _, sheet: sheet.write_formula(2, 2, "=C2", None, "4-2"))
    assert len(read_rows(content, ROSTER)) == 2
    bare = sheet(content).replace(b"<f>C2</f><v>4-2</v>", b"<f>C2</f>")
    with pytest.raises(CellUnreadable):
        read_rows(with_part(content, "xl/worksheets/sheet1.xml", bare), ROSTER)


def test_everything_wrong_with_a_sheet_is_told_at_once() -> None:
    def change(_: Any, sheet: Any) -> None:
        sheet.write(0, 3, "备注")
        sheet.write(1, 3, "x")
        sheet.set_row(2, None, None, {"hidden": True})

    with pytest.raises(Errors) as refused:
        read_rows(filled(change), ROSTER)
    assert [type(each) for each in refused.value.errors] == [HeadingUnknown, RowsHidden]


def test_an_unknown_heading_without_content_drops_nothing() -> None:
    assert len(read_rows(filled(lambda _, sheet: sheet.write(0, 3, "备注")), ROSTER)) == 2


def a_zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


ODS = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body>'
    b'<office:spreadsheet><table:table table:name="x"><table:table-row '
    b'table:number-rows-repeated="1048576"><table:table-cell '
    b'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    b"</office:spreadsheet></office:body></office:document-content>"
)


@pytest.mark.parametrize(
    "content",
    [
        a_zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=ODS),
        a_zip(word__document_dot_xml=b"<document/>"),
        a_zip(xl__workbook_dot_bin=b"\0"),
        a_zip(readme_dot_txt=b"x"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),  # .xls, or one with a password
        "姓名,身份证号码,申报条件\n".encode("gb18030"),
    ],
)
def test_another_kind_of_file_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(NotASpreadsheet):
        read_rows(content, ROSTER)


def test_cells_without_a_reference_are_counted() -> None:
    content = roster(["王一", "1"])
    many = b"<row>" + b"<c/>" * 65 + b"</row></sheetData>"
    wide = sheet(content).replace(b"</sheetData>", many)
    with pytest.raises(SpreadsheetTooLarge):
        read_rows(with_part(content, "xl/worksheets/sheet1.xml", wide), ROSTER)
    long = sheet(content).replace(b"</sheetData>", b"<row/>" * 2001 + b"</sheetData>")
    with pytest.raises(SpreadsheetTooLarge):
        read_rows(with_part(content, "xl/worksheets/sheet1.xml", long), ROSTER)


def test_a_sheet_is_measured_whatever_its_part_is_called() -> None:
    """The reader follows the workbook's relations, and so does the guard."""
    content = roster(["王一", "1"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        relations = archive.read("xl/_rels/workbook.xml.rels")
    moved = relations.replace(b"worksheets/sheet1.xml", b"worksheets/sheet1.dat")
    far = sheet(content).replace(b'r="B2"', b'r="XFD1048576"')
    hidden = with_part(
        with_part(content, "xl/_rels/workbook.xml.rels", moved), "xl/worksheets/sheet1.dat", far
    )
    with pytest.raises((NotASpreadsheet, SpreadsheetTooLarge)):
        read_rows(hidden, ROSTER)


def test_rows_of_a_workbook_that_counts_from_1904_have_their_own_dates() -> None:
    def fill(made: Any, sheet: Any) -> None:
        listing([*HEADINGS, "原证书发证日期"], PERSON)(made, sheet)
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(1, 3, datetime(2021, 5, 30), day)  # noqa: DTZ001

    [row] = read_rows(book(("名单", fill), date_1904=True), ROSTER)
    assert isinstance(row, Row) and str(row.cells["previous_issued_on"])[:10] == "2021-05-30"


def workbook_of(*sheets: tuple[str, list[list[str]]]) -> bytes:
    """A workbook of sheets by hand: each its name and its lines."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, lines in sheets:
        page = book.add_worksheet(name)
        for at, line in enumerate(lines):
            page.write_row(at, 0, line)
    book.close()
    return out.getvalue()


ALL_HEADINGS = [each.zh for each in ROSTER]
FIRST = ["王一", "421281200103072010"]


@pytest.mark.parametrize(
    ("sheets", "where", "row"),
    [
        ([("名单", [["培训"], ["李二", "42128120010307 2029"], ALL_HEADINGS, FIRST])], "名单", 2),
        ([("名单", [ALL_HEADINGS, FIRST]), ("续", [["李二", "421281200103072029"]])], "续", 1),
    ],
)
def test_a_person_above_the_headings_or_on_another_sheet_is_not_dropped_unsaid(
    sheets: list[tuple[str, list[list[str]]]], where: str, row: int
) -> None:
    with pytest.raises(PersonOutside) as refused:
        read_rows(workbook_of(*sheets), ROSTER)
    assert refused.value.row == row and where in refused.value.text("zh")


def test_notes_may_stand_beside_a_roster() -> None:
    notes = [["填表说明"], ["电话 0719-5002121，2024 年 3 月"]]
    rows = read_rows(workbook_of(("名单", [ALL_HEADINGS, FIRST]), ("说明", notes)), ROSTER)
    assert [each.cells["name"] for each in rows] == ["王一"]


def test_a_row_or_column_without_height_or_width_is_hidden() -> None:
    content = workbook_of(("名单", [ALL_HEADINGS, FIRST]))
    low = sheet(content).replace(b'<row r="2"', b'<row r="2" ht="0" customHeight="1"')
    narrow = sheet(content).replace(
        b"<sheetData>", b'<cols><col min="1" max="1" width="0"/></cols><sheetData>'
    )
    for changed, fault in ((low, RowsHidden), (narrow, ColumnHidden)):
        assert changed != sheet(content)
        with pytest.raises(fault):
            read_rows(with_part(content, "xl/worksheets/sheet1.xml", changed), ROSTER)
