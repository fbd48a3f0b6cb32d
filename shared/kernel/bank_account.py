"""Accounts of people: bank cards and social-security cards (社会保障卡)."""

from __future__ import annotations

import re

from stdnum import luhn

from shared.kernel.errors import DomainError
from shared.kernel.text import Text, without_spaces

_SHAPE = re.compile(r"[0-9]{16,19}")


class InvalidBankAccount(DomainError):
    """Never carries the number itself."""

    code = "invalid_bank_account"
    zh = "银行卡（社保卡）账号不正确：{reason}"
    en = "This is not a valid card account: {reason}"
    remedy_zh = "请按卡面逐位核对；表格中请把该列设为文本。"
    remedy_en = "Compare it with the card digit by digit; in a spreadsheet, make its cell text."


def parse_bank_account(text: str, *, field: str | None = None, row: int | None = None) -> str:
    """16 to 19 digits with a right Luhn digit; spaces and hyphens go. Raises InvalidBankAccount."""
    number = without_spaces(text).replace("-", "") if isinstance(text, str) else ""
    if not _SHAPE.fullmatch(number):
        reason = Text("应为 16 至 19 位数字。", "16 to 19 digits are expected.")
    elif not luhn.is_valid(number):
        reason = Text("校验位不符。", "its check digit does not match.")
    else:
        return number
    raise InvalidBankAccount(field=field, row=row, reason=reason)


def mask_account(number: str) -> str:
    """6217854200001234563 -> ***************4563."""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 8 else "*" * len(number)
