"""What can be wrong with an uploaded workbook."""

from shared.kernel.errors import DomainError


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


class SheetEmpty(DomainError):
    code = "sheet_empty"
    zh = "表格中没有数据行。"
    en = "The sheet has no rows."
    remedy_zh = "请在可见的工作表中，从表头下一行起填写。"
    remedy_en = "Fill in a sheet that is not hidden, from the row under the headings on."


class SeveralSheets(DomainError):
    code = "several_sheets"
    zh = "工作表 {sheets} 都有名单，无法确定读取哪一个。"
    en = "The sheets {sheets} all have these headings: it is not clear which is meant."
    remedy_zh = "请只保留一个，其余删除或另存为单独的文件。"
    remedy_en = "Keep one of them; save the others as files of their own."


class PersonOutside(DomainError):
    code = "person_outside_the_table"
    zh = "工作表“{sheet}”第 {row} 行有身份证号码，但不在表头之下，不会被读取。"
    en = 'Row {row} of the sheet "{sheet}" has an identity number and is not under the headings.'
    remedy_zh = "请移到名单的表头之下；不需要的，请删除。"
    remedy_en = "Move it under the headings of the roster, or delete it."


class ColumnMissing(DomainError):
    code = "column_missing"
    zh = "表头缺少“{column}”一列。"
    en = 'The header row has no column "{column_en}".'
    remedy_zh = "请使用下载的模板，不要改动表头。"
    remedy_en = "Use the template and leave its headings as they are."


class HeadingTwice(DomainError):
    code = "heading_twice"
    zh = "{columns} 列的表头都是“{heading}”。"
    en = 'The columns {columns} all have the heading "{heading}".'
    remedy_zh = "请只保留一列。"
    remedy_en = "Keep one of them."


class HeadingUnknown(DomainError):
    code = "heading_unknown"
    zh = "{column} 列的表头“{heading}”不在模板中，其内容不会被读取。"
    en = 'Column {column}, "{heading}", is not in the template: what it holds would not be read.'
    remedy_zh = "请改用模板中的表头；不需要的，请删除此列。"
    remedy_en = "Use a heading of the template, or delete the column."


class HeadingEmpty(DomainError):
    code = "heading_empty"
    zh = "{column} 列有内容，但没有表头。"
    en = "Column {column} has content and no heading."
    remedy_zh = "请补上模板中的表头，或删除此列。"
    remedy_en = "Give it a heading of the template, or delete the column."


class RowsHidden(DomainError):
    code = "rows_hidden"
    zh = "第 {rows} 行被隐藏或被筛选掉。"
    en = "Row {rows} is hidden or filtered out."
    remedy_zh = "请取消隐藏和筛选，不需要的行请删除。"
    remedy_en = "Show the hidden rows and clear the filter; delete the rows that are not meant."


class ColumnHidden(DomainError):
    code = "column_hidden"
    zh = "{column} 列被隐藏，但有内容。"
    en = "Column {column} is hidden and has content."
    remedy_zh = "请取消隐藏，不需要的列请删除。"
    remedy_en = "Show it, or delete it."


class CellsMerged(DomainError):
    code = "cells_merged"
    zh = "单元格 {cells} 已合并，其中只有一格有内容。"
    en = "The cells {cells} are merged: only one of them has content."
    remedy_zh = "请取消合并，逐行填写。"
    remedy_en = "Undo the merge and fill in each row."


class CellUnreadable(DomainError):
    code = "cell_unreadable"
    zh = "单元格 {cell} 是错误值，或是没有保存结果的公式。"
    en = "The cell {cell} is an error value, or a formula whose result was not saved."
    remedy_zh = "请改为文字或数字，再保存。"
    remedy_en = "Write the value itself and save the file."
