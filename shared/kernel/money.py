"""Money is an int of fen (1/100 yuan). Nothing here touches a float."""

from __future__ import annotations

import re

from shared.kernel.errors import DomainError
from shared.kernel.text import without_spaces

_YUAN = re.compile(r"(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?", re.ASCII)
_LARGEST_FEN = 2**63 - 1  # a bigint column holds no more


class InvalidAmount(DomainError):
    code = "invalid_amount"
    zh = "金额不正确：应为以元为单位的数字，最多两位小数。"
    en = "This is not an amount: digits in yuan, with at most two decimals."
    remedy_zh = "例如 1500 或 1500.00。"
    remedy_en = "For example 1500 or 1500.00."


def yuan(fen: int) -> str:
    """150000 -> "1500.00"."""
    sign, size = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{size // 100}.{size % 100:02d}"


def parse_yuan(text: str, *, field: str | None = None) -> int:
    """Fen, exactly. Accepts full-width digits, thousands separators and a leading ¥ or trailing 元;
    refuses more than two decimals instead of rounding. Raises InvalidAmount."""
    cleaned = without_spaces(text).removeprefix("¥").removeprefix("￥").removesuffix("元")
    match = _YUAN.fullmatch(cleaned)
    if match is None or len(cleaned) > 30:
        raise InvalidAmount(field=field)
    sign, whole, part = match.groups()
    fen = int(whole.replace(",", "")) * 100 + int((part or "").ljust(2, "0"))
    if fen > _LARGEST_FEN:
        raise InvalidAmount(field=field)
    return -fen if sign else fen
